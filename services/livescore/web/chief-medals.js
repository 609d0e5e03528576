/* Medals otherwise than the rules compute them (R65): two people decide, with a reason, before the result is final or
 * after an appeal was upheld; then they count with the amended result that the two finalise next (R48).
 */

import { el } from "/shared/dom.js";
import { select } from "/shared/fields.js";
import { t } from "/shared/i18n.js";
import { askReason } from "./chief-sheet.js";
import { bibOf, person } from "./chief-words.js";

const CHOICES = ["computed", "gold", "silver", "bronze", "none"];

const nameOf = (medal) => t(`medal.${medal ?? "none"}`);

export function departures(desk) {
  const { view } = desk.at;
  const decided = Object.entries(view.departures);
  const open = !view.final || amendable(view);
  if (!open && decided.length === 0) return null;
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("medals")),
    el("p", { class: "hint" }, t("medals.more")),
    view.final && el("p", { class: "hint" }, t(open ? "medals.final.open" : "medals.final")),
    !upToDate(view) && el("p", { class: "say warm" }, t("medals.waits", { n: view.final.version })),
    decided.map(([competitor, medal]) =>
      el("p", { class: "item", "data-departure": competitor }, person(view, competitor), ` · ${nameOf(medal)}`),
    ),
    open && el("button", { "data-key": "depart", onclick: () => depart(desk) }, t("medals.depart")),
  );
}

/** A final result is changed only for an appeal that was upheld. */
export const amendable = (view) =>
  view.appeals.some((one) => one.said.some(({ state }) => state === "upheld" || state === "partly_upheld"));

/** Whether what was decided is what the final result gives. */
function upToDate(view) {
  if (!view.final) return true;
  const [now, then] = [view.departures, view.final.departures];
  return [...new Set([...Object.keys(now), ...Object.keys(then)])].every((id) => now[id] === then[id]);
}

/** The act names all departures at once, so those decided before are chosen to begin with. */
async function depart(desk) {
  const { view } = desk.at;
  const field = view.competitors.filter((one) => one.status === "competing" || one.id in view.departures);
  const options = CHOICES.map((one) => [one, t(`medal.${one}`)]);
  const now = ({ id }) => (id in view.departures ? (view.departures[id] ?? "none") : "computed");
  const given = await askReason(t("medals.depart"), t("medals.depart.more"), {
    yes: t("propose"),
    fields: [
      el(
        "div",
        { class: "pair" },
        field.map((one, n) => select(`medal.${n}`, `${one.bib} ${one.name}`, options, now(one))),
      ),
    ],
  });
  if (!given?.reason) return;
  const chosen = field.map((one, n) => [one.id, given.medal[n]]).filter(([, medal]) => medal !== "computed");
  const medals = Object.fromEntries(chosen.map(([id, medal]) => [id, medal === "none" ? null : medal]));
  await desk.acts.send("depart-medals", { medals, reason: given.reason });
}

/** What a proposal of it gives to whom, "01 gold, 02 no medal". */
export const departureWords = (view, medals) =>
  Object.entries(medals)
    .map(([competitor, medal]) => `${bibOf(view, competitor)} ${nameOf(medal)}`)
    .join(t("list.comma")) || t("medal.computed");
