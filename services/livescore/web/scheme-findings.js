/* Tables about a scheme that is tried out: everything found in it, and what it would change. */

import { el } from "/shared/dom.js";
import { has, pick, t } from "/shared/i18n.js";

const table = (columns, rows) =>
  el(
    "table",
    { class: "cards" },
    el("thead", {}, el("tr", {}, columns.map((key) => el("th", { scope: "col" }, t(`col.${key}`))))),
    el("tbody", {}, rows),
  );

const cell = (key, ...children) => el("td", { "data-label": t(`col.${key}`) }, el("div", { class: "long" }, ...children));

/** Errors first. With `goTo`, a line can be chosen to find it in the text. */
export const findings = (items, goTo) =>
  table(
    ["severity", "place", "rule", "what", "todo"],
    [...items]
      .sort((a, b) => (a.severity > b.severity) - (a.severity < b.severity))
      .map((item) =>
        el(
          "tr",
          {},
          cell(
            "severity",
            el("span", { class: `tag ${item.severity === "error" ? "bad" : "warm"}` }, t(`severity.${item.severity}`)),
          ),
          cell("place", place(item, goTo)),
          cell("rule", item.rule ?? "–"),
          cell("what", pick(item.detail)),
          cell("todo", pick(item.remedy)),
        ),
      ),
  );

function place(item, goTo) {
  const isCell = /^[A-Z][0-9]+$/.test(item.place ?? "");
  if (isCell) return el("strong", { class: "digits" }, item.place);
  if (!item.line) return item.place ?? "–";
  const line = t("line", { line: item.line });
  return [
    goTo ? el("button", { class: "small", onclick: () => goTo(item.line) }, line) : line,
    item.place && el("span", { class: "soft path" }, item.place),
  ];
}

/** A field of the scheme in the page's words; "descriptor 2" has a number behind it. */
function fieldName(field) {
  const [name, ...more] = field.split(" ");
  return has(`field.${name}`) ? [t(`field.${name}`), ...more].join(" ") : field;
}

const FEW = 12;

/** Before and after; aspects whose marks would be recomputed are named as such. Many are opened when they are wanted. */
export const changes = (items, affected) =>
  items.length <= FEW
    ? changeTable(items, affected)
    : el("details", {}, el("summary", {}, t("all.changes", { n: items.length })), changeTable(items, affected));

const changeTable = (items, affected) =>
  table(
    ["id", "field", "before", "after"],
    items.map((item) =>
      el(
        "tr",
        {},
        cell("id", el("strong", {}, item.id), affected.includes(item.id) && el("span", { class: "tag warm" }, t("counts"))),
        cell("field", fieldName(item.field)),
        cell("before", item.before ?? "–"),
        cell("after", item.after ?? "–"),
      ),
    ),
  );
