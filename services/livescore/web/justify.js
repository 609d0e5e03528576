/* Why an aspect is marked again (R24): on a sheet with a coordinator that one writes it, and the panel marks only then. */

import { el, write } from "/shared/dom.js";
import { t } from "/shared/i18n.js";

/** Who justifies another round of this sheet: null where there is no coordinator, and the first to mark says why. */
export function coordination(form, who) {
  if (!form.coordinated?.includes(who)) return null;
  return form.submits?.includes(who) ? "mine" : "other";
}

/** Aspects of a sheet that wait for this judge's words. */
export const unjustified = (sheet, form, who) =>
  coordination(form, who) !== "mine"
    ? []
    : form.aspects
        .map(({ id }) => id)
        .filter((id) => sheet.cells[who]?.[id]?.state === "remark" && !sheet.cells[who][id].justified);

/** What a card says of it; `lead` is as above, `open` whether marks are taken, `sent` an entry that is on its way. */
export function justification(aspect, cell, { lead, open, sent, editing, shortest, justify, edit, actions }) {
  if (cell.justified) return el("p", { class: "soft" }, t("justify.said"), " ", el("q", {}, cell.justified));
  if (!lead || !open) return null;
  if (lead === "other") return el("p", { class: "soft" }, t("justify.waits"));
  if (sent && !sent.refused) return el("p", { class: "result" }, el("strong", {}, `↑ ${t("unsent")}`));
  return [
    sent?.refused &&
      el(
        "div",
        { class: "say bad" },
        el("p", {}, actions.words(sent.refused)),
        el("button", { onclick: () => actions.drop(sent.id) }, t("dismiss")),
      ),
    cell.state === "remark" || editing
      ? words(aspect, sent?.body.justification ?? "", shortest, justify)
      : el("div", { class: "control" }, el("button", { onclick: edit }, t("justify.again"))),
  ];
}

function words(aspect, was, shortest, justify) {
  const field = el("textarea", { id: `why-${aspect.id}`, maxlength: 1000, value: was });
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const save = () => {
    const text = field.value.trim();
    wrong.hidden = text.length >= shortest;
    if (wrong.hidden) return justify(text);
    write(wrong, t("justify.short", { shortest }));
    field.focus();
  };
  return [
    el(
      "div",
      { class: "field" },
      el("label", { for: field.id }, t("justify")),
      field,
      el("p", { class: "hint" }, t("justify.hint", { shortest })),
      wrong,
    ),
    el("div", { class: "control" }, el("button", { class: "main", onclick: save }, t("justify.save"))),
  ];
}
