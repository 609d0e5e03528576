/* Showing competitors their own sheets, all at once or single ones, and how long each may appeal from then on (R79). */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { tick } from "/shared/fields.js";
import { moment, t } from "/shared/i18n.js";
import { person } from "./chief-words.js";

const LISTED = 40;

/** Who competes or is a guest and has not seen the own sheet. */
const unseen = ({ competitors, release }) =>
  release.shown_to_all ? [] : competitors.filter((one) => one.status !== "withdrawn" && !release.shown[one.id]);

export function shown(desk) {
  const { view } = desk.at;
  const { shown_to_all: all, shown: single } = view.release;
  const left = unseen(view);
  const chief = desk.office === "chief";
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("show.sheets")),
    all && el("p", { class: "say good" }, t("shown.all", { time: moment(all), until: until(view, all) })),
    list(view, Object.entries(single)),
    el("p", { class: "hint" }, t("show.more", { minutes: view.rules.appeal_window_minutes })),
    !all && !chief && el("p", { class: "soft" }, t("chief.does")),
    !all &&
      chief &&
      el(
        "div",
        { class: "row" },
        el("button", { "data-key": "show", onclick: () => showAll(desk) }, t("show.all")),
        left.length > 0 && el("button", { "data-key": "show-some", onclick: () => showSome(desk) }, t("show.some")),
      ),
  );
}

/** To whom alone theirs were shown, the last ones first. */
function list(view, seen) {
  const last = seen.sort(([, a], [, b]) => b.localeCompare(a));
  return [
    last.length > 0 && el("p", {}, t("shown.some", { n: last.length })),
    last.slice(0, LISTED).map(([competitor, at]) =>
      el(
        "p",
        { class: "item", "data-shown": competitor },
        person(view, competitor),
        ` · ${t("shown.each", { time: moment(at), until: until(view, at) })}`,
      ),
    ),
    last.length > LISTED && el("p", { class: "soft" }, t("missing.more", { n: last.length - LISTED })),
  ];
}

const until = (view, at) => moment(new Date(Date.parse(at) + view.rules.appeal_window_minutes * 60_000).toISOString());

async function showAll(desk) {
  if (await ask(t("show.all"), t("show.sure"), { yes: t("show.all") })) await desk.acts.send("show-sheets", {});
}

async function showSome(desk) {
  const left = unseen(desk.at.view);
  const given = await ask(t("show.some"), t("show.some.sure"), {
    yes: t("show.some.yes"),
    fields: left.map((one, n) => tick(`show.${n}`, `${one.bib} ${one.name}`)),
  });
  const competitors = left.filter((_, n) => given?.show?.[n]).map((one) => one.id);
  // None chosen would mean everybody.
  if (competitors.length > 0) await desk.acts.send("show-sheets", { competitors });
}
