/* What the judge has in front: who is to be marked, the forms, the sheet and its cards, and where to go next.
 *
 * The order offered is one form for all competitors, then the next form (R31). Compatriots can be seen but not chosen
 * (R26), unless there is a sheet of theirs to verify. A part of the page is built anew only when what it shows has changed,
 * so that nobody types into a field that is taken away, and the focus stays where it was.
 */

import { arrange, bdi, byId, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { lang, pick, said, t } from "/shared/i18n.js";
import { card } from "./card.js";
import { waiting } from "./doubt.js";
import { coordination, unjustified } from "./justify.js";
import { nameOf } from "./names.js";
import { peopleOn, standing, takesMark } from "./people.js";
import { formsOf } from "./sheet.js";
import { left, sheetBar } from "./sheetbar.js";
import { todo } from "./todo.js";

const shapes = new Map();
let cards = new Map();
let shownFor = "";

export function drawDesk(page) {
  const { at, outbox, actions } = page;
  const { sheet, competition } = at;
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
  const forms = formsOf(sheet);
  const form = forms.find((one) => one.id === at.form);
  byId("desk").hidden = !form;
  const trouble = !form ? "noscheme" : !at.competitor ? "nobody" : form.closed ? "form.closed" : null;
  anew("say", [trouble], () => trouble && el("div", { class: "say" }, el("p", {}, t(trouble))));
  if (!form) return;
  const people = peopleOn(sheet, form);
  const who = people.find((one) => one.id === at.competitor);
  const now = standing(sheet, form, at.competitor);
  const unsaid = forms.map((one) => peopleOn(sheet, one).map(({ id }) => unjustified(sheet, one, id)));
  anew("todo", [sheet.sheets, people, unsaid], () => todo(page));
  drawPeople(page, form, people);
  anew("forms", [sheet.criteria, at.form, at.competitor], () =>
    forms.map((one) =>
      tab(
        one.id === at.form,
        () => actions.go(at.competitor, one.id),
        one.id,
        one.id === at.form && [" ", said(one.name)],
      ),
    ),
  );
  anew(
    "now",
    [who, form, now.state],
    () =>
      who && [
        who.country && flag(who.country),
        nameOf(who),
        ` · ${form.id} ${pick(form.name)} `,
        now.state !== "open" && el("span", { class: "tag" }, t(`state.${now.state}`)),
      ],
  );
  anew(
    "bar",
    [
      who,
      form,
      now,
      outbox.list.filter((one) => one.kind === "act"),
      who && left(at, outbox, form, who.id),
      page.away(),
      at.paper,
    ],
    () => who && sheet.sheets && sheetBar(page, form, who, now),
  );
  drawCards(page, form, who, now);
  drawOnward(page, forms, people);
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

function drawPeople({ at, outbox, actions }, form, people) {
  const { sheet, competition } = at;
  const isDone = (who, aspect) => {
    const cell = sheet.cells[who]?.[aspect.id];
    return Boolean(outbox.of(competition, who, aspect.id)) || (cell && cell.state !== "remark");
  };
  const shown = people.map((one) => {
    const now = standing(sheet, form, one.id);
    const done = form.aspects.filter((aspect) => isDone(one.id, aspect)).length;
    return { ...one, done, state: now.state, choose: one.may_mark || now.may.length > 0 };
  });
  anew("people", [shown, at.competitor, form.id, sheet.judge], () =>
    shown.map((one) =>
      el(
        "button",
        {
          "aria-current": one.id === at.competitor && "true",
          "aria-disabled": !one.choose && "true",
          onclick: () => one.choose && actions.go(one.id, form.id),
        },
        one.piece
          ? el("span", { class: "name piece" }, nameOf(one))
          : [
              el("span", { class: "bib" }, one.bib),
              el("span", { class: "name" }, flag(one.country), " ", bdi(one.name)),
            ],
        one.choose &&
          el(
            "span",
            { class: "done" },
            `${one.done === form.aspects.length ? "✓ " : ""}${one.done}/${form.aspects.length}`,
          ),
        one.state !== "open" && el("small", {}, t(`state.${one.state}`)),
        !one.may_mark && el("small", {}, t(`bar.${one.why}`)),
      ),
    ),
  );
}

function drawCards({ at, outbox, actions }, form, who, now) {
  const { sheet, competition, competitor, editing, keeping } = at;
  const place = JSON.stringify([competition, competitor, form.id, lang]);
  if (shownFor !== place) cards = new Map();
  shownFor = place;
  const submitting = outbox.list.some(
    (one) =>
      one.body.act === "submit-sheet" &&
      !one.refused &&
      one.sheet.form === form.id &&
      one.sheet.competitor === competitor,
  );
  const nodes = (who ? form.aspects : []).map((aspect) => {
    const { id } = aspect;
    const cell = sheet.cells[competitor]?.[id];
    const entry = outbox.of(competition, competitor, id);
    const busy = keeping.has(`${competitor} ${id}`);
    const locked = form.closed || !who.may_mark || submitting || !takesMark(now, id);
    const anewToo = now.state === "reopened";
    const checking = Boolean(waiting(outbox, competition, competitor, id));
    const lead = coordination(form, competitor);
    const sent = outbox.justification(competition, competitor, id);
    const again = takesMark(now, id) && !submitting;
    const shown = [aspect, cell, entry, editing === id, locked, busy, checking, anewToo, lead, sent, again];
    const shape = JSON.stringify(shown);
    const known = cards.get(id);
    if (known?.shape === shape) return known.node;
    const node = card(aspect, cell, entry, {
      editing: editing === id,
      locked,
      busy,
      anewToo,
      shortest: sheet.min_justification ?? 20,
      give: (given) => actions.give(id, given),
      edit: () => actions.edit(id),
      checks: { me: sheet.judge.id, checking, confirm: locked ? null : () => actions.check(form.id, id, cell) },
      why: {
        lead,
        sent,
        open: again,
        justify: (text) => actions.justify(form.id, id, text),
      },
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

function drawOnward({ at, actions }, forms, everybody) {
  const { sheet, competitor, form } = at;
  const people = everybody.filter((one) => one.may_mark);
  const next = people[people.findIndex((one) => one.id === competitor) + 1];
  const nextForm = forms[forms.findIndex((one) => one.id === form) + 1];
  const on = (to, formTo, ...label) =>
    el("button", { class: "main", onclick: () => actions.go(to, formTo) }, ...label, " →");
  anew("onward", [people, competitor, form, sheet.criteria], () => [
    sheet.sheets && el("button", { class: "quiet", onclick: () => actions.declare() }, t("conflict.declare")),
    next && on(next.id, form, t("next.competitor"), " ", nameOf(next)),
    !next && nextForm && people.length > 0 && on(people[0].id, nextForm.id, t("next.form"), ` ${nextForm.id}`),
  ]);
}
