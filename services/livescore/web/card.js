/* One aspect of one competitor: what is to be marked, what became of it, and the control to give or correct it.
 *
 * What the card says comes from three places, the newest first: a mark that was refused, a mark on its way, and the
 * cell as the service last showed it. Nothing counts as accepted before the service has said so.
 */

import { el } from "/shared/dom.js";
import { clockTime, has, said, t } from "/shared/i18n.js";
import { control } from "./controls.js";
import { spoken } from "./reading.js";

export function card(aspect, cell, entry, { editing, locked, give, edit, drop, replace }) {
  const refused = entry?.refused;
  const state = refused ? "refused" : entry ? "unsent" : (cell?.state ?? "open");
  const open =
    !locked && (editing || refused || (!entry && (!cell || cell.state === "waiting" || cell.state === "remark")));
  const conflict = refused?.code === "changed" && refused.current;
  return el(
    "article",
    { class: `aspect ${state}`, tabindex: "-1", "data-aspect": aspect.id, "data-state": state },
    el(
      "header",
      {},
      el("span", { class: "id" }, aspect.id),
      el("h2", {}, said(aspect.description)),
      el("span", { class: "max" }, t("max", { n: Number(aspect.max) })),
    ),
    conflict
      ? versus(aspect, entry, refused.current, { drop, replace })
      : refused
        ? refusal(refused, entry, aspect, drop)
        : entry
          ? unsent(aspect, entry)
          : cell && result(aspect, cell),
    open &&
      !conflict &&
      control(aspect, refused ? { ...entry.mark, state: cell?.state } : entry ? entry.mark : cell, give),
    !open &&
      !locked &&
      !conflict &&
      (cell?.state === "settled" || entry) &&
      aspect.type === "M" &&
      el("div", { class: "control" }, el("button", { onclick: edit }, t("correct"))),
    !open &&
      !locked &&
      entry &&
      !refused &&
      aspect.type === "J" &&
      el("div", { class: "control" }, el("button", { onclick: edit }, t("correct"))),
  );
}

const line = (tone, sign, strong, ...rest) =>
  el(
    "p",
    { class: `result ${tone}` },
    el("strong", {}, `${sign} ${strong}`),
    rest.filter(Boolean).map((part) => ` · ${part}`),
  );

function result(aspect, cell) {
  const at = cell.marked_at && t("at", { time: clockTime(cell.marked_at) });
  const award = cell.award && t("award", { n: cell.award.shown });
  const three = cell.scores && t("scores", { list: cell.scores.join(", ") });
  switch (cell.state) {
    case "settled":
      return line(
        "good",
        "✓",
        aspect.type === "J" ? (three ?? t("settled")) : spoken(aspect, cell),
        award,
        cell.mine ? t("mine") : t("other"),
        at,
      );
    case "waiting":
      return line("", "◔", cell.score == null ? t("waiting.round") : spoken(aspect, cell), t("waiting"), at);
    case "remark":
      return [line("", "↻", t("remark"), three), el("p", { class: "soft" }, t("remark.more", { n: cell.round }))];
    default:
      return [line("", "!", t("disputed"), three), el("p", { class: "soft" }, t("disputed.more"))];
  }
}

const unsent = (aspect, entry) => line("", "↑", spoken(aspect, entry.mark), t("unsent"));

function refusal(refused, entry, aspect, drop) {
  const words = has(`error.${refused.code}`)
    ? t(`error.${refused.code}`)
    : (refused.faults?.[0]?.detail ?? refused.message);
  return el(
    "div",
    { class: "say bad" },
    el("p", {}, el("strong", {}, t("refused", { mark: spoken(aspect, entry.mark) })), ` ${words}`),
    el("button", { onclick: () => drop(entry.mark.id) }, t("dismiss")),
  );
}

/** Somebody else was faster: both values side by side, and the judge decides which one stands. */
function versus(aspect, entry, current, { drop, replace }) {
  return el(
    "div",
    { class: "say warm" },
    el("p", {}, el("strong", {}, t("changed"))),
    el(
      "div",
      { class: "versus" },
      el(
        "div",
        {},
        el("span", {}, t("changed.theirs"), current.marked_at && ` · ${clockTime(current.marked_at)}`),
        el("strong", {}, spoken(aspect, current)),
        el("button", { onclick: () => drop(entry.mark.id) }, t("changed.keep")),
      ),
      el(
        "div",
        {},
        el("span", {}, t("changed.mine")),
        el("strong", {}, spoken(aspect, entry.mark)),
        el("button", { class: "main", onclick: () => replace(entry, current) }, t("changed.replace")),
      ),
    ),
  );
}
