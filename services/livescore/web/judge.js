/* The judge's page: choose a competitor and a form, give marks, see what was accepted.
 *
 * The sheet is asked for every four seconds while the page is seen (an unchanged one costs a 304); a card whose control
 * is being used is left alone. The order offered is one form for all competitors, then the next (R31). Compatriots can
 * be seen but not chosen (R26). The token stays on this device, because a tablet that sleeps must not lock its judge out.
 */

import { bdi, byId, el, newId, put, write } from "/shared/dom.js";
import { claims, takeToken } from "/shared/access.js";
import { flag } from "/shared/flags.js";
import { call } from "/shared/http.js";
import { has, pick, said, speak, t } from "/shared/i18n.js";
import { card } from "./card.js";
import { Outbox } from "./outbox.js";

const POLL_MS = 4000;
const token = takeToken("showcase.judge", localStorage);
const me = claims(token);
let all = [], competition = null, sheet = null, etag = null, trouble = null, competitor = null, form = null, editing = null, acknowledged = 0;
const cards = new Map();

const outbox = new Outbox(`showcase.marks.${me.sub ?? "nobody"}`, token, { onReceipt: receive, onChange: () => { if (sheet) draw(); } });

async function begin() {
  if (!token) { write(byId("say"), ""); put(byId("say"), el("div", { class: "say bad" }, el("p", {}, t("gate")))); return; }
  try {
    all = (await call("GET", "/api/livescore/competitions", { token })).body;
    competition = all.find((one) => one.id === localStorage.getItem("showcase.judge.last"))?.id ?? all[0]?.id ?? null;
    trouble = competition ? null : { words: t("none") };
  } catch (problem) {
    trouble = problem;
  }
  drawState();
  if (!competition) { setTimeout(begin, trouble?.status >= 400 && trouble.status < 500 ? 30000 : POLL_MS); return; }
  outbox.send();
  poll();
}

let pollTimer = 0;

async function poll() {
  clearTimeout(pollTimer);
  const asked = competition;
  if (!document.hidden) {
    try {
      const answer = await call("GET", `/api/livescore/competitions/${encodeURIComponent(asked)}/marking`, { token, etag, again: 0 });
      trouble = null;
      if (answer.status !== 304 && asked === competition) take(answer);
    } catch (problem) {
      trouble = problem;
    }
    drawState();
  }
  if (asked === competition) pollTimer = setTimeout(poll, POLL_MS);
}

function take({ body, etag: tag }) {
  etag = tag;
  // An answer that was under way while a mark was acknowledged must not hide that mark again.
  if (sheet?.competition === body.competition && body.seq < sheet.seq) return;
  sheet = body;
  choose();
  draw();
}

/** An acknowledged mark is shown at once, before the next look at the sheet. */
function receive(where, mark, receipt) {
  acknowledged += 1;
  if (where !== sheet?.competition) return;
  const cells = (sheet.cells[mark.competitor] ??= {});
  cells[mark.aspect] = { ...cells[mark.aspect], state: receipt.state, seq: receipt.seq, value: mark.value, award: receipt.award, round: receipt.round, mine: true,
    marked_at: mark.marked_at, ...(mark.score != null && { score: mark.score }) };
  if (editing === mark.aspect) editing = null;
  etag = null;
  if (receipt.state !== "waiting") poll();
}

const forms = () => sheet.criteria.flatMap((criterion) => criterion.sub_criteria);
const entrants = () => sheet.competitors.filter((one) => one.may_mark);

function choose() {
  const kept = JSON.parse(sessionStorage.getItem(`showcase.at.${competition}`) ?? "{}");
  form = forms().find((one) => one.id === (form ?? kept.form))?.id ?? forms()[0]?.id ?? null;
  competitor = entrants().find((one) => one.id === (competitor ?? kept.competitor))?.id ?? entrants()[0]?.id ?? null;
}

function go(nextCompetitor, nextForm) {
  [competitor, form, editing] = [nextCompetitor, nextForm, null];
  sessionStorage.setItem(`showcase.at.${competition}`, JSON.stringify({ competitor, form }));
  cards.clear();
  draw();
  byId("now").focus({ preventScroll: true });
  byId("now").scrollIntoView({ block: "nearest" });
}

function give(aspect, given) {
  const cell = sheet.cells[competitor]?.[aspect.id];
  const earlier = outbox.of(competition, competitor, aspect.id);
  const base = earlier?.refused?.current ?? cell;
  editing = null;
  outbox.add(competition, { id: newId(), competitor, aspect: aspect.id, marked_at: new Date().toISOString(), ...given, ...(base && { saw: base.seq }) });
}

/** The judge has seen the newer value and wants the own one: a new mark that names what it replaces. */
function replace(entry, current) {
  const { value, score, justification, aspect, competitor: whose } = entry.mark;
  outbox.drop(entry.mark.id);
  outbox.add(entry.competition, { id: newId(), competitor: whose, aspect, marked_at: new Date().toISOString(), ...(value != null ? { value } : { score }), ...(justification && { justification }), saw: current.seq });
}

const isDone = (who, aspect) => {
  const cell = sheet.cells[who]?.[aspect.id];
  return Boolean(outbox.of(competition, who, aspect.id)) || (cell && cell.state !== "remark");
};

function draw() {
  drawState();
  write(byId("title"), pick(sheet.title));
  document.title = `${t("title")} · ${pick(sheet.title)}`;
  put(byId("who"), sheet.judge.country && [el("span", { class: "long" }, t("you")), flag(sheet.judge.country)]);
  put(byId("competitions"), all.length > 1 && all.map((one) => el("button", { "aria-current": one.id === competition && "true", onclick: () => change(one.id) }, said(one.title))));
  byId("desk").hidden = !form;
  put(byId("say"), !form && el("div", { class: "say" }, el("p", {}, t("noscheme"))), form && !competitor && el("div", { class: "say" }, el("p", {}, t("nobody"))));
  if (!form) return;
  const now = forms().find((one) => one.id === form);
  drawPeople(now);
  put(byId("forms"), forms().map((one) => el("button", { "aria-current": one.id === form && "true", onclick: () => go(competitor, one.id), title: pick(one.name) }, one.id,
    one.id === form && [" ", said(one.name)])));
  const who = sheet.competitors.find((one) => one.id === competitor);
  put(byId("now"), who ? [flag(who.country), bdi(`${who.bib} ${who.name}`), ` · ${form} ${pick(now.name)}`] : "");
  drawCards(who ? now.aspects : []);
  drawOnward();
}

function drawPeople(now) {
  put(byId("people"), sheet.competitors.map((one) => {
    const why = one.status === "withdrawn" ? "withdrawn" : one.country === sheet.judge.country ? "compatriot" : "notseated";
    const done = now.aspects.filter((aspect) => isDone(one.id, aspect)).length;
    return el("button", { "aria-current": one.id === competitor && "true", "aria-disabled": !one.may_mark && "true", onclick: () => { if (one.may_mark) go(one.id, form); } },
      el("span", { class: "bib" }, one.bib), el("span", { class: "name" }, flag(one.country), " ", bdi(one.name)),
      one.may_mark && el("span", { class: "done" }, done === now.aspects.length ? "✓ " : "", `${done}/${now.aspects.length}`), !one.may_mark && el("small", {}, t(why)));
  }));
}

/** Build a card anew only when what it shows has changed, so that nobody types into a field that is taken away. */
function drawCards(aspects) {
  put(byId("cards"), aspects.map((aspect) => {
    const cell = sheet.cells[competitor]?.[aspect.id];
    const entry = outbox.of(competition, competitor, aspect.id);
    const shape = JSON.stringify([document.documentElement.lang, competitor, cell ?? null, entry ?? null, editing === aspect.id]);
    const known = cards.get(aspect.id);
    if (known?.shape === shape) return known.node;
    const node = card(aspect, cell, entry, {
      editing: editing === aspect.id, locked: false, replace, drop: (id) => outbox.drop(id),
      give: (given) => give(aspect, given), edit: () => { editing = aspect.id; draw(); focusIn(aspect.id); },
    });
    cards.set(aspect.id, { shape, node });
    return node;
  }));
}

const focusIn = (aspect) => document.querySelector(`[data-aspect="${aspect}"] :is(input, button)`)?.focus();

function drawOnward() {
  const people = entrants();
  const at = people.findIndex((one) => one.id === competitor);
  const next = people[at + 1];
  const order = forms();
  const nextForm = order[order.findIndex((one) => one.id === form) + 1];
  put(byId("onward"), next && el("button", { class: "main", onclick: () => go(next.id, form) }, t("next.competitor"), " ", bdi(`${next.bib} ${next.name}`), " →"),
    !next && nextForm && el("button", { class: "main", onclick: () => go(people[0].id, nextForm.id) }, t("next.form"), ` ${nextForm.id} →`));
}

function drawState() {
  const unsent = outbox.unsent.length;
  const worst = outbox.trouble ?? trouble;
  const expired = worst?.status === 401;
  const lines = [
    unsent > 0 && (outbox.trouble || !navigator.onLine) && el("p", {}, t("unsent.count", { n: unsent }), " ", t(expired ? "unsent.link" : "unsent.more")),
    unsent > 0 && !outbox.trouble && navigator.onLine && el("p", { class: "calm" }, t("sending", { n: unsent })),
    worst && (unsent === 0 || expired) && el("p", {}, worst.words ?? t("error.no_answer")),
  ];
  put(byId("state"), lines);
  document.documentElement.dataset.unsent = unsent;
  document.documentElement.dataset.acknowledged = acknowledged;
}

function change(id) {
  competition = id;
  [sheet, etag, competitor, form, editing] = [null, null, null, null, null];
  cards.clear();
  localStorage.setItem("showcase.judge.last", id);
  poll();
}

addEventListener("hashchange", () => location.reload());
addEventListener("online", drawState);
addEventListener("offline", drawState);
document.addEventListener("visibilitychange", () => { if (!document.hidden && competition) poll(); });
await speak("/livescore/words/judge", () => { if (sheet) draw(); else drawState(); });
begin();
