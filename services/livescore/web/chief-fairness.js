/* Whether judges lie apart: the leniency report (R30), information only, and how wide the three scores of an aspect are. */

import { el } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { said, t } from "/shared/i18n.js";
import { exercises } from "./chief-exercises.js";
import { judge } from "./chief-words.js";

export function drawFairness(desk) {
  const { view } = desk.at;
  desk.anew("part", ["fairness", view.exercises, view.leniency, view.spreads, view.judges, view.scheme], () => [
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("leniency")),
      el("p", { class: "say warm" }, t("leniency.more")),
      leniency(view),
    ),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("spreads")),
      el("p", { class: "hint" }, t("spreads.more")),
      spreads(view),
    ),
    el("section", { class: "card" }, el("h2", {}, t("exercises")), exercises(desk)),
  ]);
}

function leniency(view) {
  if (view.leniency.length === 0) return el("p", { class: "soft" }, t("leniency.none"));
  const countries = [...new Set(view.leniency.flatMap((one) => Object.keys(one.by_country)))].sort();
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, t("judge")),
          countries.map((one) => el("th", { scope: "col" }, flag(one))),
          el("th", { scope: "col" }, t("leniency.apart")),
        ),
      ),
      el(
        "tbody",
        {},
        view.leniency.map((one) =>
          el(
            "tr",
            { "data-judge": one.judge },
            el("th", { scope: "row" }, judge(view, one.judge)),
            countries.map((country) => el("td", {}, mean(one.by_country[country]))),
            el(
              "td",
              {},
              one.apart
                ? [
                    el("b", { class: "digits" }, one.apart.difference.shown.replace("+", "")),
                    el("small", { class: "soft" }, ` ${one.apart.higher} > ${one.apart.lower}`),
                  ]
                : "–",
            ),
          ),
        ),
      ),
    ),
  );
}

const mean = (found) =>
  found
    ? [
        el("span", { class: "digits", title: found.mean.exact }, found.mean.shown),
        el("small", { class: "soft" }, ` ${t("scores.n", { n: found.scores })}`),
      ]
    : "–";

function spreads(view) {
  const aspects = view.forms.flatMap((form) => form.aspects).filter((one) => view.spreads[one.id]);
  if (aspects.length === 0) return el("p", { class: "soft" }, t("leniency.none"));
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, t("aspect")),
          [0, 1, 2, 3].map((n) => el("th", { scope: "col" }, t("spread", { n }))),
        ),
      ),
      el(
        "tbody",
        {},
        aspects.map((one) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, `${one.id} `, said(one.description)),
            view.spreads[one.id].map((n, wide) => el("td", { class: `digits ${wide > 1 && n > 0 ? "bad" : ""}` }, n)),
          ),
        ),
      ),
    ),
  );
}
