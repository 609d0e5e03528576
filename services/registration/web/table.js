/* The frame of the organiser's lists: a table that becomes cards on a phone and scrolls inside itself if it must. */

import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";

/** `columns` are the keys of the headings, `rows` elements ready to stand in the body. */
export function table(label, columns, rows) {
  const heads = columns.map((key) => el("th", { scope: "col" }, t(`col.${key}`)));
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", { class: "cards" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
  );
}
