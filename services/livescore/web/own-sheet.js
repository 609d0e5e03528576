/* One competitor's sheet: the total, and each criterion and form with its marks. Aspects stay with the judges (R10). */

import { el } from "/shared/dom.js";
import { linked, moment, said, t } from "/shared/i18n.js";

export const ownSheet = (sheet, kind) =>
  el(
    "section",
    { class: "card sheet" },
    el("h2", {}, t(sheet.final ? "sheet.final" : "sheet.provisional")),
    sheet.under_review && el("p", { class: "say warm" }, t("under_review")),
    sheet.amended && el("p", { class: "say warm" }, t("amended", { reason: sheet.amended })),
    el(
      "p",
      { class: "total" },
      el("strong", { class: "digits" }, sheet.total?.shown ?? "–"),
      " ",
      el("span", { class: "soft" }, t("of", { max: sheet.max })),
    ),
    kind === "competition" && sheet.place && place(sheet.place),
    !sheet.complete && el("p", {}, t("incomplete")),
    table(sheet.criteria),
    !sheet.adds_up && sheet.total && el("p", { class: "soft" }, t("adds_up")),
    sheet.finalised_at && el("p", { class: "soft" }, t("finalised", { time: moment(sheet.finalised_at) })),
    el("p", {}, el("a", { class: "button", href: onPaper(sheet) }, t("print"))),
  );

/** The page that is made for printing; it finds the link that this tab keeps. */
const onPaper = ({ competition, competitor }) =>
  `${linked("/result")}&competition=${encodeURIComponent(competition)}&competitor=${encodeURIComponent(competitor.id)}`;

const place = (one) =>
  el(
    "p",
    { class: "place" },
    one.rank && el("span", {}, t("rank", { rank: one.rank, of: one.ranked })),
    one.medal && el("span", { class: "tag good" }, t(`medal.${one.medal}`)),
    one.best_of_nation && el("span", { class: "tag good" }, t("best_of_nation")),
  );

function table(criteria) {
  const heads = [t("col.part"), t("col.marks"), t("col.max")];
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t("sheet.table") },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      criteria.map((criterion) =>
        el("tbody", {}, line(criterion, "th", "criterion"), criterion.forms.map((form) => line(form, "th", "form"))),
      ),
    ),
  );
}

const line = (part, name, kind) =>
  el(
    "tr",
    { class: kind },
    el(
      name,
      { scope: "row" },
      el("span", { class: "digits" }, part.id),
      " ",
      said(part.name),
      kind === "criterion" &&
        part.award &&
        el("span", {
          class: "ruler",
          "--p": String(Number(part.award.shown) / Number(part.max)),
          "aria-hidden": "true",
        }),
    ),
    el("td", { class: "digits" }, part.award?.shown ?? t("open")),
    el("td", { class: "digits" }, part.max),
  );
