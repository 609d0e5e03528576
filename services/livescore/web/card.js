/* One aspect of one competitor: what is to be marked, what became of it, and the control to give or correct it.
 *
 * What the card says comes from three places, the newest first: a mark that was refused, a mark on its way, and the
 * cell as the service last showed it. Nothing counts as accepted before the service has said so, and nothing is called
 * kept before it is on the disk.
 */

import { el } from "/shared/dom.js";
import { clockTime, has, t } from "/shared/i18n.js";
import { control } from "./controls.js";
import { doubt } from "./doubt.js";
import { justification } from "./justify.js";
import { spoken } from "./reading.js";
import { rounds } from "./rounds.js";
import { bothTongues } from "./tongues.js";
import { versus } from "./versus.js";

export function card(aspect, cell, entry, { editing, locked, busy, anewToo, shortest, checks, why, give, edit, actions }) {
  const refused = entry?.refused;
  const state = refused ? "refused" : entry ? "unsent" : (cell?.state ?? "open");
  const pending = cell?.state === "waiting" || cell?.state === "remark";
  const secret = aspect.type === "J" || aspect.dual;
  // What was revealed is given again in a new round only; its coordinator, or else its first mark, says why (R22, R24).
  const round = cell?.state === "remark" || (anewToo && secret && cell?.state === "settled");
  const awaits = round && why.lead && !cell.justified;
  const open = !locked && !busy && !awaits && (editing || refused || (!entry && (!cell || pending)));
  const conflict = refused?.code === "changed" && refused.current;
  const correctable = !open && !locked && !busy && !awaits && !conflict;
  return el(
    "article",
    { class: `aspect ${state}`, tabindex: "-1", "data-aspect": aspect.id, "data-state": state },
    el(
      "header",
      {},
      el("span", { class: "id" }, aspect.id),
      bothTongues(aspect.description, "h2"),
      el("span", { class: "max" }, t("max", { n: Number(aspect.max) })),
    ),
    busy
      ? line("", "…", t("keeping"))
      : conflict
        ? versus(aspect, entry, refused.current, actions)
        : refused
          ? refusal(refused, entry, aspect, actions)
          : entry
            ? unsent(aspect, entry)
            : cell && result(aspect, cell),
    cell && rounds(aspect, cell),
    cell && !entry && !busy && doubt(cell, checks),
    (round || cell?.justified) && !busy && justification(aspect, cell, { ...why, editing, shortest, edit, actions }),
    open &&
      !conflict &&
      control(aspect, refused || entry ? entry.body : cell, give, round ? { shortest, said: cell.justified } : null),
    correctable &&
      (entry || (cell?.state === "settled" && (!secret || anewToo))) &&
      el(
        "div",
        { class: "control" },
        el("button", { onclick: edit }, t("correct")),
        entry && !entry.tried && el("button", { onclick: () => actions.takeBack(entry.id) }, t("take_back")),
      ),
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
        cell.round > 1 && t("round", { n: cell.round }),
        cell.mine ? t("mine") : t("other"),
        at,
      );
    case "waiting":
      return line(
        "",
        "◔",
        cell.score == null && cell.value == null ? t("waiting.round") : spoken(aspect, cell),
        cell.round > 1 && t("round", { n: cell.round }),
        t(aspect.dual ? "waiting.pair" : "waiting"),
        at,
      );
    case "remark":
      return [
        line("", "↻", t(aspect.dual ? "remark.pair" : "remark")),
        el("p", { class: "soft" }, t(aspect.dual ? "remark.pair.more" : "remark.more", { n: cell.round })),
      ];
    default:
      return [line("", "!", t("disputed")), el("p", { class: "soft" }, t("disputed.more"))];
  }
}

const unsent = (aspect, { body }) =>
  line(
    "",
    "↑",
    spoken(aspect, body),
    t("unsent"),
    body.paper && t("origin.paper"),
    t("at", { time: clockTime(body.marked_at) }),
  );

function refusal(refused, entry, aspect, actions) {
  const words = has(`error.${refused.code}`)
    ? t(`error.${refused.code}`)
    : (refused.faults?.[0]?.detail ?? refused.message);
  return el(
    "div",
    { class: "say bad" },
    el("p", {}, el("strong", {}, t("refused", { mark: spoken(aspect, entry.body) })), ` ${words}`),
    el(
      "div",
      { class: "row" },
      refused.code === "marked_in_the_future" &&
        el("button", { class: "main", onclick: () => actions.again(entry) }, t("again")),
      el("button", { onclick: () => actions.drop(entry.id) }, t("dismiss")),
    ),
  );
}
