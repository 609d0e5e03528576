/* Until when a competitor may work, how long that still is, and what the deadline is made of (R77). */

import { el, put, write } from "/shared/dom.js";
import { exactMoment, t } from "/shared/i18n.js";
import { left, spoken } from "./countdown.js";

let built = null; // what is there now: it is left alone while nothing changes
let ticking = 0;

/** `whose` is "own", or "theirs" where a trainer looks on. */
export function workingTime(place, work, whose) {
  const phase = work && phaseOf(work);
  const key = JSON.stringify([t("title"), work, whose, phase]);
  if (key === built) return;
  built = key;
  clearInterval(ticking);
  put(place);
  if (!work) return;
  const rest = el("strong", { class: "digits" });
  const goal = phase === "before" ? work.starts_at : work.until;
  const tick = () => {
    if (phaseOf(work) !== phase) workingTime(place, work, whose);
    else write(rest, spoken(Math.max(left(goal), 0)));
  };
  put(
    place,
    el(
      "section",
      { class: "card working", "data-phase": phase },
      el("h2", {}, t("work")),
      el("p", {}, t(`work.until.${phase === "over" ? "over" : whose}`, { time: exactMoment(work.until) })),
      phase !== "over" && el("p", { class: "countdown" }, t(`work.left.${phase}`), " ", rest),
      el(
        "ul",
        { class: "soft" },
        el("li", {}, t("work.start", { time: exactMoment(work.starts_at) })),
        el("li", {}, t("work.allotted", { span: spoken(work.allotted_seconds) })),
        work.removed_seconds > 0 && el("li", {}, t("work.removed", { span: spoken(work.removed_seconds) })),
        work.back_seconds > 0 && el("li", {}, t("work.back", { span: spoken(work.back_seconds) })),
      ),
    ),
  );
  if (phase === "over") return;
  tick();
  ticking = setInterval(tick, 1000);
}

const phaseOf = ({ starts_at: start, until }) => (left(start) > 0 ? "before" : left(until) > 0 ? "during" : "over");
