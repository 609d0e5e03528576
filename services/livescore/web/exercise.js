/* The page on which a judge scores the pieces of calibration exercises, alone, to find the common standard.
 *
 * A score is sent at once, under an id made here, and again until it is answered; what is pressed is what the service has
 * or is being told. Nobody else's score is here before the chief expert closes an exercise, and then only the reference.
 * The link is the judge's page's own.
 */

import { claims, takeToken } from "/shared/access.js";
import { byId, el, newId, put } from "/shared/dom.js";
import { call } from "/shared/http.js";
import { pick, said, speak, t } from "/shared/i18n.js";
import { heard, putRight } from "./clock.js";

const POLL_MS = 10000;
const token = takeToken("showcase.judge", localStorage);
const at = { all: [], competition: null, exercises: null, trouble: null };
const under = new Map(); // by exercise, piece and aspect: a score on its way, and what became of it
let timer = 0;
let drawn = null;

const base = () => `/api/livescore/competitions/${encodeURIComponent(at.competition)}`;
const key = (exercise, piece, aspect) => `${exercise.id} ${piece.id} ${aspect.id}`;

async function begin() {
  draw();
  if (!token) return;
  try {
    at.all = (await call("GET", "/api/livescore/competitions", { token })).body;
    at.competition = at.all[0]?.id ?? null;
  } catch (problem) {
    at.trouble = problem;
  }
  poll();
}

async function poll() {
  clearTimeout(timer);
  try {
    if (at.competition) {
      const asked = at.competition;
      const answer = await call("GET", `${base()}/exercises`, { token });
      heard(answer.date);
      if (asked === at.competition) at.exercises = answer.body;
      at.trouble = null;
    }
  } catch (problem) {
    at.trouble = problem;
  }
  draw();
  if (!at.trouble || at.trouble.passing) timer = setTimeout(() => !document.hidden && poll(), POLL_MS);
}

async function give(exercise, piece, aspect, score) {
  const place = key(exercise, piece, aspect);
  const act = { act: "score-piece", id: newId(), done_at: putRight(new Date().toISOString()) };
  const sending = { score, wrong: null };
  under.set(place, sending);
  draw();
  try {
    const fields = { exercise: exercise.id, piece: piece.id, aspect: aspect.id, score };
    await call("POST", `${base()}/acts`, { token, json: { ...act, ...fields }, again: 4 });
    (exercise.scores[piece.id] ??= {})[aspect.id] = score;
    if (under.get(place) === sending) under.delete(place);
  } catch (problem) {
    sending.wrong = problem;
  }
  draw();
  if (sending.wrong?.code === "exercise_closed") poll();
}

function draw() {
  drawTrouble();
  const found = JSON.stringify([t("title"), at, [...under]]);
  if (found === drawn) return;
  drawn = found;
  drawCompetitions();
  const focus = document.activeElement?.dataset?.key;
  put(
    byId("list"),
    at.exercises?.length === 0 && el("p", { class: "soft" }, t("none")),
    at.exercises?.map((one) => (one.open ? open(one) : closed(one))),
  );
  if (focus) document.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
}

function drawTrouble() {
  const other = token && claims(token).role && claims(token).role !== "judge";
  const words = !token
    ? t("gate")
    : other
      ? t("error.wrong_role")
      : at.trouble && (at.trouble.status === 0 ? t("offline") : at.trouble.words);
  put(byId("say"), words && el("div", { class: "say bad" }, el("p", {}, words)));
}

/** With one competition there is nothing to choose. */
function drawCompetitions() {
  const choose = (one) => {
    Object.assign(at, { competition: one.id, exercises: null });
    poll();
  };
  put(
    byId("competitions"),
    at.all.length > 1 &&
      at.all.map((one) =>
        el(
          "button",
          { "aria-pressed": String(one.id === at.competition), onclick: () => choose(one) },
          pick(one.title),
        ),
      ),
  );
}

const heading = (one, tag) => el("h2", {}, said(one.title), el("span", { class: "tag" }, tag));

function open(one) {
  const of = one.pieces.length * one.aspects.length;
  const n = Object.values(one.scores).reduce((sum, scores) => sum + Object.keys(scores).length, 0);
  return el(
    "section",
    { class: "exercise" },
    heading(one, t("open")),
    el("p", { class: "soft" }, t("alone")),
    el("p", {}, t("progress", { done: n, of })),
    el("span", { class: "ruler", "--p": n / of, "--n": Math.max(of, 10), "aria-hidden": "true" }),
    one.pieces.map((piece) =>
      el(
        "article",
        { class: "card" },
        el("h3", {}, said(piece.title)),
        one.aspects.map((aspect) => scores(one, piece, aspect)),
      ),
    ),
  );
}

function scores(exercise, piece, aspect) {
  const sending = under.get(key(exercise, piece, aspect));
  const own = exercise.scores[piece.id]?.[aspect.id];
  const pressed = sending && !sending.wrong ? sending.score : own;
  const told = sending?.wrong
    ? `${t("not_saved")} ${sending.wrong.words}`
    : sending
      ? t("saving")
      : own != null
        ? t("saved")
        : "";
  return el(
    "div",
    { class: "aspect" },
    el(
      "fieldset",
      {},
      el("legend", {}, el("b", {}, aspect.id), aspect.description && said(aspect.description)),
      el(
        "div",
        { class: "scores" },
        [0, 1, 2, 3].map((score) =>
          el(
            "button",
            {
              "data-key": `${key(exercise, piece, aspect)} ${score}`,
              "aria-pressed": String(pressed === score),
              onclick: () => give(exercise, piece, aspect, score),
            },
            el("b", {}, String(score)),
            aspect.descriptors?.[score] && said(aspect.descriptors[score]),
          ),
        ),
      ),
    ),
    el("p", { class: sending?.wrong ? "told bad" : "told soft", role: "status" }, told),
  );
}

function closed(one) {
  return el(
    "section",
    { class: "exercise" },
    heading(one, t("closed")),
    el(
      "div",
      { class: "card" },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, t("piece")),
            el("th", { scope: "col", class: "digits" }, t("own")),
            el("th", { scope: "col", class: "digits" }, t("reference")),
          ),
        ),
        el(
          "tbody",
          {},
          one.pieces.flatMap((piece) =>
            one.aspects.map((aspect) =>
              el(
                "tr",
                {},
                el("th", { scope: "row" }, said(piece.title), " · ", aspect.id),
                el("td", { class: "digits" }, one.scores[piece.id]?.[aspect.id] ?? "–"),
                el("td", { class: "digits" }, one.reference[piece.id]?.[aspect.id] ?? "–"),
              ),
            ),
          ),
        ),
      ),
      el("p", { class: "hint" }, t("closed.more")),
    ),
  );
}

document.addEventListener("visibilitychange", () => !document.hidden && token && poll());
addEventListener("hashchange", () => location.reload());
await speak("/livescore/words/exercise", draw);
begin();
