/* The grid of forms and competitors: each sheet by colour, sign and word, with arrow keys to go through it. */

import { bdi, byId, el, put } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { lang, said, t } from "/shared/i18n.js";
import { SIGNS } from "./chief-words.js";

export const FILTERS = ["all", "apart", "verify", "sign", "late", "short", "review", "doubted", "accept"];
const UNTOUCHED = { stage: "untouched", done: 0 };
const AT_ONCE = 60;

const TESTS = {
  all: () => true,
  apart: (row) => row.stage === "remark" || row.stage === "disputed" || row.apart?.length > 0,
  verify: (row) => row.stage === "submitted",
  sign: (row) => row.stage === "verified" || row.stage === "signed",
  late: (row, form) => form.late && row.stage !== "locked",
  short: (row) => row.short > 0,
  review: (row) => Boolean(row.review),
  doubted: (row) => row.doubted?.length > 0,
  accept: (row) => Boolean(row.accept),
};

const rowOf = (view, form, competitor) => view.sheets[form]?.[competitor] ?? UNTOUCHED;
const counted = (view) => view.competitors.filter((one) => one.status !== "withdrawn");

/** How many sheets a filter finds. */
export function matching(view, name) {
  const people = counted(view);
  if (name === "all") return people.length * view.forms.length;
  if (name === "late")
    return view.forms.reduce(
      (sum, form) =>
        sum + (form.late ? people.filter((one) => TESTS.late(rowOf(view, form.id, one.id), form)).length : 0),
      0,
    );
  let found = 0;
  for (const form of view.forms)
    for (const row of Object.values(view.sheets[form.id] ?? {})) found += TESTS[name](row, form) ? 1 : 0;
  return found;
}

let cells = new Map();
let built = "";
let shown = AT_ONCE;

export function drawGrid(desk) {
  const { view, filter, open } = desk.at;
  if (view.forms.length === 0 || view.competitors.length === 0) {
    desk.anew("part", ["empty", view.forms.length], () =>
      el("div", { class: "say" }, el("p", {}, t(view.forms.length ? "nobody" : "noscheme"))),
    );
    return;
  }
  const found = visible(view, filter);
  const people = found.slice(0, shown);
  const structure = JSON.stringify([
    lang,
    "grid",
    view.competition,
    people.map((one) => [one.id, one.name, one.status, one.bib]),
    view.forms.map((one) => [one.id, one.late, one.name, one.day, one.blind]),
    found.length,
  ]);
  if (structure !== built || !byId("grid")) {
    built = structure;
    cells = new Map();
    desk.anew("part", structure, () => table(desk, people, found.length));
  }
  for (const [key, cell] of cells) update(cell, rowOf(view, cell.form.id, cell.competitor.id), desk, key);
  const chosen = open && cells.get(`${open.form} ${open.competitor}`);
  rove(chosen ?? cells.get(desk.at.focus) ?? cells.values().next().value);
}

/** With a filter on, competitors without such a sheet are left out. */
const visible = (view, filter) =>
  filter === "all"
    ? view.competitors
    : view.competitors.filter((one) => view.forms.some((form) => TESTS[filter](rowOf(view, form.id, one.id), form)));

function table(desk, people, total) {
  const { view } = desk.at;
  return [
    people.length === 0 && el("div", { class: "say good" }, el("p", {}, t("filter.nothing"))),
    people.length > 0 &&
      el(
        "div",
        { class: "scroll", id: "grid" },
        el(
          "table",
          { class: "sheets", onkeydown: (event) => step(event, desk) },
          el("caption", { class: "hush" }, t("grid.caption")),
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              el("th", { scope: "col" }, t("competitor")),
              view.forms.map((form) => head(form)),
            ),
          ),
          el(
            "tbody",
            {},
            people.map((one) =>
              el(
                "tr",
                {},
                el(
                  "th",
                  { scope: "row" },
                  el("b", { class: "digits" }, one.bib),
                  " ",
                  flag(one.country),
                  bdi(one.name),
                  one.status !== "competing" && el("small", {}, t(`status.${one.status}`)),
                ),
                view.forms.map((form) => el("td", {}, button(desk, form, one))),
              ),
            ),
          ),
        ),
      ),
    total > people.length &&
      el("button", { onclick: () => ((shown += AT_ONCE), desk.draw()) }, t("grid.more", { n: total - people.length })),
    legend(),
  ];
}

const head = (form) =>
  el(
    "th",
    { scope: "col", class: form.late ? "late" : "" },
    el("b", {}, form.id),
    el("small", {}, said(form.name)),
    el("small", {}, t("day", { n: form.day }), form.blind && ` · ${t("blind")}`),
    form.late && el("small", { class: "lateword" }, `⚠ ${t("late")}`),
  );

function button(desk, form, competitor) {
  const key = `${form.id} ${competitor.id}`;
  const node = el("button", {
    class: "cell",
    tabindex: "-1",
    "data-sheet": key,
    "data-key": `sheet ${key}`,
    onclick: () => desk.open(form.id, competitor.id),
    onfocus: () => (desk.at.focus = key),
  });
  cells.set(key, { node, form, competitor, shape: "" });
  return node;
}

function update(cell, row, desk, key) {
  const form = desk.at.view.forms.find((one) => one.id === cell.form.id);
  const hit = TESTS[desk.at.filter](row, form);
  const chosen = desk.at.open && `${desk.at.open.form} ${desk.at.open.competitor}` === key;
  const shape = JSON.stringify([row, hit, chosen, form.late, lang]);
  if (shape === cell.shape) return;
  cell.shape = shape;
  const of = row.of ?? form.aspects.length;
  const notes = [
    row.short > 0 && t("note.short"),
    row.doubted && t("note.doubted"),
    row.accept && t("note.accept"),
    row.review && t("note.review"),
    form.late && row.stage !== "locked" && t("late"),
  ].filter(Boolean);
  cell.node.className = `cell stage ${row.stage}${hit ? "" : " dim"}`;
  cell.node.setAttribute(
    "aria-label",
    [
      `${form.id}, ${cell.competitor.bib}`,
      t(`stage.${row.stage}`),
      t("done.of", { done: row.done, of }),
      ...notes,
    ].join(", "),
  );
  if (chosen) cell.node.setAttribute("aria-current", "true");
  else cell.node.removeAttribute("aria-current");
  put(
    cell.node,
    el(
      "span",
      { class: "top2" },
      el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[row.stage]),
      el("span", { class: "digits" }, row.stage === "locked" ? "" : `${row.done}/${of}`),
    ),
    el("small", {}, t(`stage.${row.stage}`)),
    notes.length > 0 && el("small", { class: "note" }, `⚠ ${notes[0]}`),
  );
}

/** One cell is in the tab order; arrows go on from there. */
function rove(cell) {
  for (const other of cells.values()) other.node.tabIndex = other === cell ? 0 : -1;
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function step(event, desk) {
  const move = STEPS[event.key];
  const td = event.target.closest("td");
  if (!move || !td) return;
  event.preventDefault();
  const line = td.parentElement;
  const next =
    move[0] === 0
      ? line.cells[td.cellIndex + move[1]]
      : line.parentElement.rows[line.sectionRowIndex + move[0]]?.cells[td.cellIndex];
  const to = next?.querySelector(".cell");
  if (!to) return;
  desk.at.focus = to.dataset.sheet;
  rove(cells.get(to.dataset.sheet));
  to.focus();
}

const legend = () =>
  el(
    "p",
    { class: "legend soft", "aria-hidden": "true" },
    Object.keys(SIGNS).map((name) => el("span", { class: `stage ${name}` }, `${SIGNS[name]} ${t(`stage.${name}`)}`)),
  );
