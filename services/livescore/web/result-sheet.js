/* One competitor's result sheet, made for paper: criteria, sub criteria, total; rank and awards once they may be known.
 *
 * Every figure is shown as it was rounded by the service; nothing is added up here (R35). On the screen staff can open
 * the aspects of a form and ask why each mark is what it is; those are never printed (R10).
 */

import { bdi, el } from "/shared/dom.js";
import { countryName, flag } from "/shared/flags.js";
import { moment, said, t } from "/shared/i18n.js";

const mark = (award) => award?.shown ?? "–";

const line = (kind, part) =>
  el(
    "tr",
    { class: kind },
    el("th", { scope: "row" }, `${part.id} `, said(part.name)),
    el("td", { class: "figure digits" }, part.max),
    el("td", { class: "figure digits" }, mark(part.award)),
  );

/** A form, and for staff its aspects, closed until they are asked for. */
function form(part, why) {
  const row = line("form", part);
  if (!part.aspects) return [row];
  const aspects = part.aspects.map((aspect) => {
    const one = line("aspect", { ...aspect, name: aspect.description });
    one.firstChild.append(" ", el("button", { onclick: () => why(aspect.id) }, t("why")));
    one.hidden = true;
    return one;
  });
  const toggle = el(
    "button",
    {
      class: "fold",
      "aria-expanded": "false",
      onclick: () => {
        const open = toggle.getAttribute("aria-expanded") === "false";
        toggle.setAttribute("aria-expanded", String(open));
        for (const one of aspects) one.hidden = !open;
      },
    },
    t("aspects", { n: aspects.length }),
  );
  row.firstChild.append(" ", toggle);
  return [row, aspects];
}

function place(found) {
  if (!found || found.rank === null) return null;
  const awards = [found.medal, found.best_of_nation && "best_of_nation"].filter(Boolean);
  const entry = (key, value) => value && el("div", {}, el("dt", {}, t(key)), el("dd", { class: "digits" }, value));
  return el(
    "dl",
    { class: "place" },
    entry("col.rank", t("rank_of", { rank: found.rank, n: found.ranked })),
    entry("col.awards", awards.map((one) => t(`award.${one}`)).join(" · ")),
    entry("score.long", found.score),
  );
}

function notes(sheet) {
  return [
    sheet.competitor.status !== "competing" && t(`note.status.${sheet.competitor.status}`),
    !sheet.complete && t("note.incomplete"),
    sheet.under_review && t("note.under_review"),
    sheet.amended && t("note.amended", { reason: sheet.amended }),
    t(sheet.rounding === "aspect_2dp" ? "note.rounded" : sheet.adds_up ? "note.may_add_up" : "note.adds_up"),
    sheet.place?.score && t("note.scale"),
    sheet.kind === "training" && t("note.training"),
  ].filter(Boolean);
}

const when = ({ finalised_at: at }) =>
  at ? t("finalised", { at: moment(at) }) : t("as_of", { at: moment(new Date()) });

/** `why` is told the aspect that staff want explained. */
export function drawSheet(sheet, why) {
  const { competitor } = sheet;
  return el(
    "article",
    { class: "sheet" },
    el(
      "header",
      {},
      el(
        "div",
        {},
        el("h1", {}, said(sheet.title ?? { en: sheet.competition })),
        el("p", { class: "soft" }, sheet.competition),
      ),
      el(
        "p",
        {},
        el("strong", {}, t(sheet.final ? "sheet.final" : "sheet.provisional")),
        sheet.final && el("span", { class: "soft" }, ` ${t("version", { version: sheet.version })}`),
      ),
    ),
    el(
      "p",
      { class: "person" },
      el("span", { class: "bib" }, competitor.bib),
      bdi(competitor.name),
      el("span", {}, flag(competitor.country), countryName(competitor.country)),
    ),
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, t("col.criterion")),
          el("th", { scope: "col", class: "figure" }, t("col.max")),
          el("th", { scope: "col", class: "figure" }, t("col.marks")),
        ),
      ),
      el(
        "tbody",
        {},
        sheet.criteria.map((criterion) => [
          line("criterion", criterion),
          criterion.forms.map((part) => form(part, why)),
        ]),
      ),
      el(
        "tfoot",
        {},
        el(
          "tr",
          { class: "sum" },
          el("th", { scope: "row" }, t("col.total")),
          el("td", { class: "figure digits" }, sheet.max),
          el("td", { class: "figure digits" }, mark(sheet.total)),
        ),
      ),
    ),
    place(sheet.place),
    el(
      "ul",
      { class: "notes" },
      notes(sheet).map((text) => el("li", {}, text)),
    ),
    el("footer", {}, when(sheet)),
  );
}
