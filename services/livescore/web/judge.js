/* The judge's page: choose a competitor and a form, give marks, see what was accepted.
 *
 * Holds what the judge has chosen and what the service last showed; desk.js draws it. The sheet is asked for every four
 * seconds while the page is seen (an unchanged one costs a 304). The token stays on this device, because a tablet
 * that sleeps must not lock its judge out.
 */

import { claims, takeToken } from "/shared/access.js";
import { byId, el, newId, put } from "/shared/dom.js";
import { call } from "/shared/http.js";
import { speak, t } from "/shared/i18n.js";
import { drawDesk, showForm } from "./desk.js";
import { Outbox } from "./outbox.js";

const POLL_MS = 4000;
const token = takeToken("showcase.judge", localStorage);
const at = { all: [], competition: null, sheet: null, competitor: null, form: null, editing: null };
let etag = null;
let trouble = null;
let pollTimer = 0;

const outbox = new Outbox(`showcase.marks.${claims(token).sub ?? "nobody"}`, token, {
  onReceipt: receive,
  onChange: draw,
});

async function begin() {
  if (!token) {
    put(byId("say"), el("div", { class: "say bad" }, el("p", {}, t("gate"))));
    return;
  }
  try {
    at.all = (await call("GET", "/api/livescore/competitions", { token })).body;
    const last = localStorage.getItem("showcase.judge.last");
    at.competition = at.all.find((one) => one.id === last)?.id ?? at.all[0]?.id ?? null;
    trouble = at.competition ? null : { words: t("none") };
  } catch (problem) {
    trouble = problem;
  }
  draw();
  if (!at.competition) {
    setTimeout(begin, trouble?.status >= 400 && trouble.status < 500 ? 30000 : POLL_MS);
    return;
  }
  outbox.send();
  poll();
}

async function poll() {
  clearTimeout(pollTimer);
  const asked = at.competition;
  if (!document.hidden) {
    try {
      const path = `/api/livescore/competitions/${encodeURIComponent(asked)}/marking`;
      const answer = await call("GET", path, { token, etag, again: 0 });
      trouble = null;
      if (answer.status !== 304 && asked === at.competition) take(answer);
    } catch (problem) {
      trouble = problem;
    }
    draw();
  }
  if (asked !== at.competition) return;
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, POLL_MS);
}

function take({ body, etag: tag }) {
  // An answer that was under way while a mark was acknowledged must not hide that mark again.
  if (at.sheet && body.seq < at.sheet.seq) return;
  etag = tag;
  at.sheet = body;
  choose();
}

/** Stay with what was chosen, also with a competitor who has withdrawn: nobody is put in the place of another unasked. */
function choose() {
  const kept = JSON.parse(sessionStorage.getItem(`showcase.at.${at.competition}`) ?? "{}");
  const forms = at.sheet.criteria.flatMap((criterion) => criterion.sub_criteria);
  const here = (list, ...ids) => ids.find((id) => list.some((one) => one.id === id));
  at.form = here(forms, at.form, kept.form) ?? forms[0]?.id ?? null;
  const first = at.sheet.competitors.find((one) => one.may_mark);
  at.competitor = here(at.sheet.competitors, at.competitor, kept.competitor) ?? first?.id ?? null;
}

/** An acknowledged mark is shown at once, before the next look at the sheet. */
function receive(where, mark, receipt) {
  const { sheet } = at;
  if (where !== sheet?.competition) return;
  const cells = (sheet.cells[mark.competitor] ??= {});
  const { state, seq, award, round } = receipt;
  const given = mark.score == null ? { value: mark.value } : { score: mark.score };
  cells[mark.aspect] = {
    ...cells[mark.aspect],
    ...given,
    state,
    seq,
    award,
    round,
    mine: true,
    marked_at: mark.marked_at,
  };
  sheet.seq = Math.max(sheet.seq, seq);
  if (at.editing === mark.aspect) at.editing = null;
  etag = null;
  if (state !== "waiting") poll();
}

const actions = {
  change(competition) {
    Object.assign(at, { competition, sheet: null, competitor: null, form: null, editing: null });
    etag = null;
    localStorage.setItem("showcase.judge.last", competition);
    poll();
  },

  go(competitor, form) {
    Object.assign(at, { competitor, form, editing: null });
    sessionStorage.setItem(`showcase.at.${at.competition}`, JSON.stringify({ competitor, form }));
    draw();
    showForm();
  },

  edit(aspect) {
    at.editing = aspect;
    draw();
  },

  /** A mark gets its id here, when the button is pressed; `saw` names the mark that the judge had in view. */
  give(aspect, given) {
    const seen =
      outbox.of(at.competition, at.competitor, aspect)?.refused?.current ?? at.sheet.cells[at.competitor]?.[aspect];
    at.editing = null;
    send(at.competition, { competitor: at.competitor, aspect, ...given, ...(seen && { saw: seen.seq }) });
  },

  /** The judge has seen the newer value and wants the own one: a new mark that names what it replaces. */
  replace({ competition, mark }, current) {
    const { id, competitor, aspect, value, score, justification } = mark;
    outbox.drop(id);
    send(competition, { competitor, aspect, value, score, justification, saw: current.seq });
  },

  drop: (id) => outbox.drop(id),
};

const send = (competition, mark) =>
  outbox.add(competition, { id: newId(), marked_at: new Date().toISOString(), ...mark });

function draw() {
  drawState();
  if (at.sheet) drawDesk(at, outbox, actions);
}

function drawState() {
  const unsent = outbox.unsent.length;
  const stuck = outbox.trouble || !navigator.onLine;
  const worst = outbox.trouble ?? trouble;
  const expired = worst?.status === 401;
  put(
    byId("state"),
    unsent > 0 &&
      stuck &&
      el("p", {}, t("unsent.count", { n: unsent }), " ", t(expired ? "unsent.link" : "unsent.more")),
    unsent > 0 && !stuck && el("p", { class: "calm" }, t("sending", { n: unsent })),
    worst && (unsent === 0 || expired) && el("p", {}, worst.words ?? t("error.no_answer")),
  );
  document.documentElement.dataset.unsent = unsent;
}

addEventListener("hashchange", () => location.reload());
addEventListener("online", draw);
addEventListener("offline", draw);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && at.competition) poll();
});
await speak("/livescore/words/judge", draw);
begin();
