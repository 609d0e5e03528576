/* The judge's page: choose a competitor and a form, give marks, see what was accepted; with or without a network.
 *
 * Holds what the judge has chosen and what the service last showed; desk.js and state.js draw it. What it shows at first
 * comes from this device; the sheet is then asked for every four seconds while the page is seen (an unchanged one costs a
 * 304). The token stays on this device, because a tablet that sleeps must not lock its judge out.
 */

import { claims, takeToken } from "/shared/access.js";
import { byId, el, put } from "/shared/dom.js";
import { call, Problem } from "/shared/http.js";
import { has, speak, t } from "/shared/i18n.js";
import { clock, heard, putRight } from "./clock.js";
import { drawDesk, showForm } from "./desk.js";
import { askConflict, askReason } from "./dialogs.js";
import { moveEarlier } from "./earlier.js";
import { actEntry, deviceId, markEntry } from "./entries.js";
import { device, keepPage } from "./offline.js";
import { Outbox } from "./outbox.js";
import { peopleOn } from "./people.js";
import { findAspect, formsOf, withReceipt } from "./sheet.js";
import { drawState } from "./state.js";
import { openStore } from "./store.js";
import { drawWaiting, openWaiting } from "./waiting.js";

const POLL_MS = 4000;
/** Refusals that name the aspects they are about. */
const NAMING = new Set(["sheet_incomplete", "check_by_hand"]);
const KEY = "showcase.judge";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
let token = takeToken(KEY, localStorage);
let owner = "nobody";
const at = {
  all: [],
  competition: null,
  sheet: null,
  seen: null, // when the service last showed the sheet
  competitor: null,
  form: null,
  editing: null,
  keeping: new Set(), // aspects whose mark is being written to the disk
  note: null,
  elsewhere: null, // who has this sheet open on another device, as the service told last (R45)
  paper: false, // whether the judge types from paper (R43)
};
const link = { trouble: null, since: null, listed: false, other: false };
let etag = null;
let pollTimer = 0;
let outbox = null;

async function begin() {
  const store = await openStore();
  token = (await store.token(given)) ?? (await store.token(token));
  if (!token) {
    put(byId("say"), el("div", { class: "say bad" }, el("p", {}, t("gate"))));
    return;
  }
  owner = claims(token).sub ?? "nobody";
  await moveEarlier(store);
  outbox = new Outbox(store, owner, token, { onReceipt: receive, onChange: draw, onAnswer: ({ date }) => heard(date) });
  await outbox.read();
  await store.forgetSheets(new Set([owner, ...Object.keys(await store.owners())]));
  at.all = (await store.sheet(owner, "")) ?? [];
  pickCompetition();
  await show();
  keepPage(draw);
  outbox.send();
  poll();
}

function pickCompetition() {
  const last = localStorage.getItem(`${KEY}.last`);
  at.competition ??= at.all.find((one) => one.id === last)?.id ?? at.all[0]?.id ?? null;
}

/** By judge: a tablet that is handed on does not call another's marks typed. */
const paperKey = () => `${KEY}.paper.${owner}.${at.competition}`;

/** Show the competition as this device remembers it, until the service answers. */
async function show() {
  at.paper = localStorage.getItem(paperKey()) !== null;
  const kept = at.competition && (await outbox.store.sheet(owner, at.competition));
  if (kept && kept.sheet.competition === at.competition) {
    Object.assign(at, { sheet: kept.sheet, seen: kept.seen });
    choose();
  }
  draw();
}

async function poll() {
  clearTimeout(pollTimer);
  const asked = at.competition;
  const said = document.hidden || at.competitor;
  if (!document.hidden) {
    try {
      if (!link.listed) await list();
      if (at.competition) await look(at.competition);
      Object.assign(link, { trouble: null, since: null });
      if (outbox.unsent.length > 0) outbox.send();
    } catch (problem) {
      Object.assign(link, { trouble: problem, since: link.since ?? new Date() });
    }
    draw();
  }
  if (asked !== null && asked !== at.competition) return;
  clearTimeout(pollTimer);
  const { status } = link.trouble ?? {};
  const first = !said && !link.trouble && at.competitor; // the service does not know yet what is in front here
  pollTimer = setTimeout(poll, first ? 0 : [401, 403].includes(status) ? 30000 : POLL_MS);
}

async function list() {
  const { body, date } = await call("GET", "/api/livescore/competitions", { token, again: 0 });
  if (!Array.isArray(body)) throw new Problem(0);
  heard(date);
  at.all = body;
  link.listed = body.length > 0;
  await outbox.store.keepSheet(owner, "", body);
  pickCompetition();
}

async function look(asked) {
  const path = `/api/livescore/competitions/${encodeURIComponent(asked)}/marking`;
  const { form, competitor } = at;
  const open = form && competitor ? `?${new URLSearchParams({ form, competitor, device: deviceId() })}` : "";
  const answer = await call("GET", path + open, { token, etag, again: 0 });
  if (answer.status !== 304 && answer.body.competition !== asked) throw new Problem(0);
  heard(answer.date);
  if (asked !== at.competition) return;
  at.seen = new Date().toISOString();
  if (form === at.form && competitor === at.competitor) at.elsewhere = answer.headers.get("Sheet-Open-Elsewhere");
  if (answer.status === 304) return;
  // An answer that was under way while a mark was acknowledged must not hide that mark again.
  if (at.sheet && answer.body.seq < at.sheet.seq) return;
  etag = answer.etag;
  at.sheet = answer.body;
  choose();
  await remember();
}

const remember = () => outbox.store.keepSheet(owner, at.competition, { sheet: at.sheet, seen: at.seen });

/** Stay with what was chosen, also with a competitor who has withdrawn: nobody is put in the place of another unasked. */
function choose() {
  const kept = JSON.parse(localStorage.getItem(`${KEY}.at.${at.competition}`) ?? "{}");
  const forms = formsOf(at.sheet);
  at.form = here(forms, at.form, kept.form) ?? forms[0]?.id ?? null;
  at.competitor = at.form && whom(at.form, at.competitor, kept.competitor);
}

const here = (all, ...ids) => ids.find((id) => all.some((one) => one.id === id));

/** One of these, where the form has them, or the first whom the judge may mark: a blind form has pieces, not people. */
function whom(form, ...ids) {
  const people = peopleOn(
    at.sheet,
    formsOf(at.sheet).find((one) => one.id === form),
  );
  return here(people, ...ids) ?? people.find((one) => one.may_mark)?.id ?? null;
}

/** An acknowledged mark is shown at once, before the next look at the sheet. */
async function receive(entry, receipt, fromOtherTab) {
  if (entry.kind === "mark" && entry.competition === at.sheet?.competition) {
    withReceipt(at.sheet, entry, receipt);
    if (at.editing === entry.body.aspect && at.competitor === entry.body.competitor) at.editing = null;
  }
  etag = null;
  if (!fromOtherTab && entry.competition === at.sheet?.competition) await remember();
  // A mark that only waits for others changes nothing else; whatever else it was may have.
  if (receipt.state !== "waiting" && outbox.unsent.length <= 1) poll();
}

const actions = {
  async change(competition) {
    Object.assign(at, { competition, sheet: null, seen: null, competitor: null, form: null, editing: null, elsewhere: null });
    etag = null;
    localStorage.setItem(`${KEY}.last`, competition);
    await show();
    poll();
  },

  go(wanted, form) {
    const competitor = whom(form, wanted);
    Object.assign(at, { competitor, form, editing: null, note: null, elsewhere: null });
    localStorage.setItem(`${KEY}.at.${at.competition}`, JSON.stringify({ competitor, form }));
    draw();
    showForm();
    poll();
  },

  edit(aspect) {
    at.editing = aspect;
    draw();
  },

  /** A mark gets its id here, when the button is pressed; `saw` names the mark that the judge had in view. */
  give(aspect, given) {
    const { competition, competitor } = at;
    const seen = outbox.of(competition, competitor, aspect)?.refused?.current ?? at.sheet.cells[competitor]?.[aspect];
    const paper = at.paper && { paper: true };
    return keep(competition, { competitor, aspect, ...given, ...paper, ...(seen && { saw: seen.seq }) });
  },

  /** The judge has seen the newer value and wants the own one: a new mark that names what it replaces. */
  replace({ id, competition, body }, current) {
    const { competitor, aspect, value, score, justification, paper } = body;
    return keep(competition, { competitor, aspect, value, score, justification, paper, saw: current.seq }, id);
  },

  /** Refused because of this device's clock: the same mark once more, at the time it was by the service's clock. */
  again: ({ id, competition, body }) => keep(competition, { ...body, marked_at: putRight(body.marked_at) }, id),

  drop: (id) => outbox.drop(id),

  async takeBack(id) {
    at.note = (await outbox.takeBack(id)) ? t("taken_back") : t("taken_back.not");
    draw();
  },

  show(entry) {
    const form = entry.sheet?.form ?? findAspect(at.sheet, entry.body.aspect).form?.id;
    if (entry.competition === at.competition && form)
      actions.go(entry.sheet?.competitor ?? entry.body.competitor, form);
  },

  /** From here on marks are typed from paper, or not any more; kept, because a page that is loaded anew goes on. */
  paper(on) {
    at.paper = on;
    if (on) localStorage.setItem(paperKey(), "on");
    else localStorage.removeItem(paperKey());
    draw();
  },

  /** What a script called not correct was checked by hand, and the reading stands (R18). */
  check: (form, aspect, { seq }) =>
    actions.act("check-by-hand", { form, competitor: at.competitor, aspect, saw: seq }),

  /** Submit, verify, sign: what is done with a sheet, in the same queue as its marks. */
  act: (act, fields) => outbox.add(actEntry(at.competition, act, fields)),

  /** Another round of an aspect, justified by its coordinator. */
  async justify(form, aspect, justification) {
    const { competition, competitor } = at;
    const before = outbox.justification(competition, competitor, aspect);
    if (before) await outbox.drop(before.id);
    const fields = { competitor, aspect, justification };
    await outbox.add(actEntry(competition, "justify-round", fields, { competitor, form }));
    at.editing = null;
    draw();
  },

  async giveBack(sheet) {
    const reason = await askReason();
    if (reason) await actions.act("return-sheet", { ...sheet, ...reason });
  },

  async declare() {
    const conflict = await askConflict(at.sheet, at.competitor);
    if (conflict) await actions.act("declare-conflict", conflict);
  },

  words: (refused) =>
    [
      has(`error.${refused.code}`) ? t(`error.${refused.code}`) : refused.message,
      ...(NAMING.has(refused.code) ? refused.faults.map((fault) => fault.field) : []),
    ].join(" "),

  look: () => openWaiting(page()),
  renew: () => location.reload(),
};

async function keep(competition, mark, instead = null) {
  const { aspect, competitor } = mark;
  const cell = `${competitor} ${aspect}`;
  if (at.keeping.has(cell)) return; // a second tap while the first is being written
  at.keeping.add(cell);
  Object.assign(at, { editing: null, note: null });
  try {
    await outbox.add(markEntry(competition, findAspect(at.sheet, aspect).form?.id, mark), instead);
  } finally {
    at.keeping.delete(cell);
    draw();
  }
}

const away = () => !navigator.onLine || Boolean(link.trouble);
const page = () => ({ at, outbox, link, device, clock, actions, away });

function draw() {
  if (!outbox) return;
  drawState(page());
  drawWaiting(page());
  if (at.sheet) drawDesk(page());
}

addEventListener("hashchange", () => location.reload());
addEventListener("online", () => outbox && poll());
addEventListener("offline", draw);
addEventListener("storage", ({ key, newValue }) => {
  if (key === KEY) link.other = newValue !== null && claims(newValue).sub !== owner;
  if (key?.startsWith("showcase.marks.") && newValue) moveEarlier(outbox.store).then(() => outbox.send());
  draw();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && outbox) poll();
});
await speak("/livescore/words/judge", draw);
begin();
