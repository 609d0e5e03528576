/* What stands below the table: what its figures mean, how final they are, where to register and to show it elsewhere. */

import { el, put, write } from "/shared/dom.js";
import { clockTime, lang, learn, linked, moment, pause, pick, t } from "/shared/i18n.js";
import { showcase } from "./asked.js";

const updated = el("p");
const clock = el("p");
let times = null; // between which competitors work
let ticking = 0;
let shown = "";

/** The words, before anything is drawn. */
export const prepare = () => learn("/broadcast/words/news");

export function drawNotes(place, { head, rows }, competitions) {
  write(updated, head.updated_at ? t("updated", { time: clockTime(head.updated_at) }) : "");
  const now = Date.now();
  times = head.final ? null : head.clock;
  if (times) tick();
  const open = competitions.some((row) => Date.parse(row.opens_at) <= now && now < Date.parse(row.closes_at));
  const empty = Object.keys(rows).length === 0;
  const key = JSON.stringify([lang, { ...head, updated_at: "" }, empty, open]);
  if (key === shown) return;
  shown = key;
  const note = (name) => el("p", {}, t(`note.${name}`));
  const training = head.kind === "training";
  const criteria = (head.criteria ?? []).map((part) => `${part.id} ${pick(part.name)}`).join(" · ");
  put(
    place,
    criteria && el("p", { id: "keys" }, criteria),
    empty && el("p", {}, t("empty")),
    times && clock,
    !training && !head.frozen && !head.final && note("notfinal"),
    note(training ? "training" : head.mode === "marks" ? "sum" : head.final ? "places" : head.mode),
    head.delay && el("p", {}, t("note.delay", { age: pause(head.delay) })),
    updated,
    open && el("p", {}, el("a", { href: linked(`/register/${showcase}`) }, t("register"))),
    el("p", {}, el("a", { href: linked(`/s/${encodeURIComponent(showcase)}/setup`) }, t("elsewhere"))),
  );
}

/** When competitors work, and how long until that begins or ends by this device's clock. */
function tick() {
  ticking ||= setInterval(tick, 1000);
  if (!times) return;
  const [begins, ends] = [times.starts_at, times.ends_at].map((at) => Math.ceil((Date.parse(at) - Date.now()) / 1000));
  const [phase, left] = begins > 0 ? ["before", begins] : ends > 0 ? ["during", ends] : ["over", 0];
  write(clock, t(`clock.${phase}`, { span: moment(times.starts_at, times.ends_at), left: pause(left) }));
}
