/* A marking scheme to look through: criteria to open, each with its forms and aspects. */

import { el } from "/shared/dom.js";
import { said, t } from "/shared/i18n.js";

/** Marks are decimal text with at most two decimals, so their hundredths are whole numbers. */
const hundredths = (marks) => Math.round(Number(marks) * 100);
const shown = (sum) => (sum / 100).toFixed(2);
const sum = (aspects) => aspects.reduce((total, aspect) => total + hundredths(aspect.max), 0);

const rule = ({ measure }) =>
  measure &&
  {
    full: () => t("rule.full"),
    deduct: () => t("rule.deduct", measure),
    add: () => t("rule.add", measure),
    tolerance: () => t("rule.tolerance", measure),
    ladder: () => t("rule.ladder", { awards: measure.rungs.map((rung) => rung.award).join(" · ") }),
    time: () => t("rule.time", measure),
  }[measure.pattern]();

const aspectLine = (aspect) =>
  el(
    "li",
    {},
    el("span", { class: "id digits" }, aspect.id, " ", el("abbr", { title: t(`type.${aspect.type}`) }, aspect.type)),
    el(
      "div",
      { class: "words" },
      said(aspect.description),
      el(
        "small",
        {},
        aspect.type === "M" ? rule(aspect) : aspect.descriptors.map((text, score) => el("span", { class: "descriptor" }, el("b", {}, String(score)), " ", said(text))),
        aspect.dual && ` · ${t("dual")}`,
      ),
      aspect.extra && el("small", {}, said(aspect.extra)),
      aspect.requirement && el("small", {}, said(aspect.requirement)),
    ),
    el("span", { class: "marks digits" }, shown(hundredths(aspect.max))),
  );

const form = (one) => [
  el(
    "h4",
    {},
    `${one.id} `,
    said(one.name),
    el("small", {}, [t("day", { day: one.day }), one.team, one.blind && t("blind")].filter(Boolean).join(" · ")),
  ),
  el("ul", { class: "aspects" }, one.aspects.map(aspectLine)),
];

export function preview(scheme) {
  const every = scheme.criteria.flatMap((criterion) => criterion.sub_criteria.flatMap((one) => one.aspects));
  return el(
    "div",
    { class: "preview" },
    el(
      "p",
      { class: "soft" },
      t("size", {
        criteria: scheme.criteria.length,
        forms: scheme.criteria.reduce((count, one) => count + one.sub_criteria.length, 0),
        measured: every.filter((one) => one.type === "M").length,
        judged: every.filter((one) => one.type === "J").length,
        marks: shown(sum(every)),
      }),
    ),
    scheme.criteria.map((criterion) =>
      el(
        "details",
        {},
        el(
          "summary",
          {},
          el("span", {}, el("strong", {}, criterion.id), " ", said(criterion.name)),
          el("span", { class: "digits marks" }, shown(sum(criterion.sub_criteria.flatMap((one) => one.aspects)))),
        ),
        criterion.sub_criteria.map(form),
      ),
    ),
  );
}
