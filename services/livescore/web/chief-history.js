/* How a mark came to be: readings that were replaced, and why a round was scored anew. Asked for when it is opened. */

import { el, put } from "/shared/dom.js";
import { clockTime, t } from "/shared/i18n.js";
import { judge } from "./chief-words.js";
import { origin } from "./origin.js";

export function history(desk, competitor, aspect, said) {
  const place = el("div", {}, el("p", { class: "soft" }, t("loading")));
  const load = async (event) => {
    if (!event.target.open || place.dataset.loaded) return;
    place.dataset.loaded = "true";
    try {
      put(place, lines(desk.at.view, await desk.why(competitor, aspect), said));
    } catch (problem) {
      delete place.dataset.loaded;
      put(place, el("p", { class: "soft" }, problem.words));
    }
  };
  return el("details", { ontoggle: load }, el("summary", {}, t("history")), place);
}

function lines(view, why, said) {
  const found = [
    ...why.readings.map((one) =>
      line(view, one, el("b", { class: "digits" }, said(one.value)), !one.counts && ` · ${t("history.replaced")}`),
    ),
    ...why.rounds.flatMap((round) => [
      round.justification && el("p", {}, `${t("round", { n: round.round })}: “${round.justification}”`),
      ...(round.scores ?? round.pairs).map((one) =>
        line(
          view,
          one,
          el("b", { class: "digits" }, one.score ?? said(one.value)),
          ` · ${t("round", { n: round.round })}`,
        ),
      ),
    ]),
  ];
  return found.some(Boolean) ? found : el("p", { class: "soft" }, "–");
}

/** Who, what, when by the device, and when it arrived where that is another minute (R44, R78). */
function line(view, one, ...what) {
  const given = clockTime(one.marked_at);
  const arrived = one.received_at && clockTime(one.received_at);
  return [
    el(
      "p",
      { class: "soft" },
      judge(view, one.judge),
      ": ",
      what,
      ` · ${t("at", { time: given })}`,
      arrived && arrived.slice(0, 5) !== given.slice(0, 5) && ` (${t("history.arrived", { time: arrived })})`,
    ),
    origin(one, (who) => judge(view, who)),
  ];
}
