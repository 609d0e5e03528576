/* What the judge has in front: who is to be marked, the forms, the cards of one form, and where to go next.
 *
 * The order offered is one form for all competitors, then the next form (R31). Compatriots can be seen but not chosen
 * (R26). A part of the page is built anew only when what it shows has changed, so that nobody types into a field that
 * is taken away, and the focus stays where it was.
 */

import { arrange, bdi, byId, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { lang, pick, said, t } from "/shared/i18n.js";
import { card } from "./card.js";
import { formsOf } from "./sheet.js";

const shapes = new Map();
let cards = new Map();
let shownFor = "";

export function drawDesk(at, outbox, actions) {
  const { sheet, competition, competitor, form } = at;
  write(byId("title"), pick(sheet.title));
  document.title = `${t("title")} · ${pick(sheet.title)}`;
  anew(
    "who",
    [sheet.judge.country],
    () => sheet.judge.country && [el("span", { class: "long" }, t("you")), flag(sheet.judge.country)],
  );
  anew(
    "competitions",
    [at.all, competition],
    () =>
      at.all.length > 1 &&
      at.all.map((one) => tab(one.id === competition, () => actions.change(one.id), said(one.title))),
  );
  byId("desk").hidden = !form;
  const trouble = !form ? "noscheme" : !competitor ? "nobody" : null;
  anew("say", [trouble], () => trouble && el("div", { class: "say" }, el("p", {}, t(trouble))));
  if (!form) return;
  const forms = formsOf(sheet);
  const now = forms.find((one) => one.id === form);
  const who = sheet.competitors.find((one) => one.id === competitor);
  drawPeople(at, outbox, actions, now);
  anew("forms", [sheet.criteria, form, competitor], () =>
    forms.map((one) =>
      tab(one.id === form, () => actions.go(competitor, one.id), one.id, one.id === form && [" ", said(one.name)]),
    ),
  );
  anew(
    "now",
    [who, form],
    () => who && [flag(who.country), bdi(`${who.bib} ${who.name}`), ` · ${form} ${pick(now.name)}`],
  );
  drawCards(at, outbox, actions, who ? now.aspects : [], !who?.may_mark);
  drawOnward(at, actions, forms);
}

/** Bring the form's heading into view and tell it to people who listen. */
export function showForm() {
  byId("now").focus({ preventScroll: true });
  byId("now").scrollIntoView({ block: "nearest" });
}

/** Build the content of a part anew when `shape` has changed; the focus goes to what is now in its place. */
function anew(id, shape, build) {
  const part = byId(id);
  const wanted = JSON.stringify([lang, shape]);
  if (shapes.get(id) === wanted) return;
  shapes.set(id, wanted);
  const focused = Array.from(part.children).findIndex((child) => child.contains(document.activeElement));
  put(part, build());
  if (focused >= 0) part.children[focused]?.focus();
}

const tab = (current, onclick, ...inside) => el("button", { "aria-current": current && "true", onclick }, ...inside);

function drawPeople({ sheet, competition, competitor, form }, outbox, actions, now) {
  const isDone = (who, aspect) => {
    const cell = sheet.cells[who]?.[aspect.id];
    return Boolean(outbox.of(competition, who, aspect.id)) || (cell && cell.state !== "remark");
  };
  const people = sheet.competitors.map((one) => ({
    ...one,
    done: now.aspects.filter((aspect) => isDone(one.id, aspect)).length,
  }));
  anew("people", [people, competitor, form, sheet.judge], () =>
    people.map((one) => {
      const compatriot = one.country === sheet.judge.country ? "compatriot" : "notseated";
      return el(
        "button",
        {
          "aria-current": one.id === competitor && "true",
          "aria-disabled": !one.may_mark && "true",
          onclick: () => one.may_mark && actions.go(one.id, form),
        },
        el("span", { class: "bib" }, one.bib),
        el("span", { class: "name" }, flag(one.country), " ", bdi(one.name)),
        one.may_mark &&
          el(
            "span",
            { class: "done" },
            `${one.done === now.aspects.length ? "✓ " : ""}${one.done}/${now.aspects.length}`,
          ),
        !one.may_mark && el("small", {}, t(one.status === "withdrawn" ? "withdrawn" : compatriot)),
      );
    }),
  );
}

function drawCards({ sheet, competition, competitor, form, editing, keeping }, outbox, actions, aspects, locked) {
  const place = JSON.stringify([competition, competitor, form, lang]);
  if (shownFor !== place) cards = new Map();
  shownFor = place;
  const nodes = aspects.map((aspect) => {
    const { id } = aspect;
    const cell = sheet.cells[competitor]?.[id];
    const entry = outbox.of(competition, competitor, id);
    const busy = keeping.has(`${competitor} ${id}`);
    const shape = JSON.stringify([aspect, cell, entry, editing === id, locked, busy]);
    const known = cards.get(id);
    if (known?.shape === shape) return known.node;
    const node = card(aspect, cell, entry, {
      editing: editing === id,
      locked,
      busy,
      give: (given) => actions.give(id, given),
      edit: () => actions.edit(id),
      actions,
    });
    cards.set(id, { shape, node, takesFocus: known?.node.contains(document.activeElement) });
    return node;
  });
  arrange(byId("cards"), nodes);
  for (const known of cards.values()) {
    if (known.takesFocus)
      (known.node.querySelector("input, button, textarea") ?? known.node).focus({ preventScroll: true });
    known.takesFocus = false;
  }
}

function drawOnward({ sheet, competitor, form }, actions, forms) {
  const people = sheet.competitors.filter((one) => one.may_mark);
  const next = people[people.findIndex((one) => one.id === competitor) + 1];
  const nextForm = forms[forms.findIndex((one) => one.id === form) + 1];
  const on = (to, formTo, ...label) =>
    el("button", { class: "main", onclick: () => actions.go(to, formTo) }, ...label, " →");
  anew("onward", [people, competitor, form, sheet.criteria], () => [
    next && on(next.id, form, t("next.competitor"), " ", bdi(`${next.bib} ${next.name}`)),
    !next && nextForm && people.length > 0 && on(people[0].id, nextForm.id, t("next.form"), ` ${nextForm.id}`),
  ]);
}
