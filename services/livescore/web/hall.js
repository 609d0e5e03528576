/* The hall screen: what is announced, who it is, and the places that are known; it only follows, the presenter leads.
 *
 * It opens with a presenter's link, because a rehearsal reaches nobody else. A step that is taken back leaves the screen.
 */

import { claims, takeToken } from "/shared/access.js";
import { awarded, badge } from "/shared/awards.js";
import { bdi, byId, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { call } from "/shared/http.js";
import { pick, speak, t } from "/shared/i18n.js";
import { watch } from "/shared/live.js";
import { course } from "./reveal-course.js";

const token = takeToken("showcase.presenter", localStorage);
const asked = new URLSearchParams(location.search).get("c");
const competitions = claims(token).competitions ?? [];
const competition = competitions.find((one) => one.endsWith(`.${asked}`)) ?? competitions[0];
const path = `/api/livescore/competitions/${encodeURIComponent(competition)}/ceremony`;
let view = null;
let tag = null;
let state = "polling";
let shown = "";

/** A late answer never covers what the stream has brought since, unless the ledger behind it is another one. */
function take(next, nextTag) {
  if (view && next.seq < view.seq && nextTag?.split(".")[0] === tag?.split(".")[0]) return;
  view = next;
  tag = nextTag;
  draw();
}

async function poll() {
  try {
    const answer = await call("GET", path, { token, etag: tag });
    if (answer.status === 200) take(answer.body, answer.etag);
    write(byId("link"), "");
  } catch (problem) {
    write(byId("link"), problem.words);
  }
}

function draw() {
  if (state === "live") write(byId("link"), "");
  write(byId("title"), view?.title ? pick(view.title) : "");
  if (view?.title) document.title = `${t("title")} · ${pick(view.title)}`;
  const now = view && course(view);
  byId("rehearsal").hidden = !now?.rehearsal;
  write(byId("rehearsal"), t("rehearsal"));
  const next = JSON.stringify([document.documentElement.lang, now, token]);
  if (next === shown) return;
  shown = next;
  drawStage(now);
  drawPlaces(now);
}

function drawStage(now) {
  const step = now?.steps[now.step - 1];
  const stage = byId("stage");
  stage.className = step ? step.kind : "still";
  if (!token) put(stage, el("p", {}, t("gate")));
  else if (!step) put(stage, el("h1", {}, t(now ? "begin" : "still")));
  else if (step.kind === "announce") put(stage, el("p", { class: "lead" }, t("andthe")), step.awards.map(title));
  else {
    const place = step.awards.length === 0 && el("p", { class: "lead" }, t("place", { rank: step.rank }));
    put(stage, place, step.awards.map(title), step.competitors.map(person));
    stage.classList.toggle("many", step.competitors.length > 1);
  }
}

const title = (name) => el("h1", { class: `award ${name}` }, badge(name, t(`award.${name}`)));

const person = (one) =>
  el(
    "div",
    { class: "person" },
    el("p", { class: "name" }, bdi(one.name)),
    el("p", { class: "from" }, flag(one.country), el("span", {}, one.bib), view.totals && el("b", {}, one.total)),
  );

function drawPlaces(now) {
  const steps = (now?.steps ?? []).slice(0, now?.step).filter((step) => step.kind === "reveal");
  const known = steps.reverse().flatMap((step) => step.competitors.map((one) => ({ ...one, rank: step.rank })));
  // Half a line more for those with awards; the sheet of style makes them all as large as fit.
  byId("places").style.setProperty("--lines", known.length + 0.7 * known.filter((one) => one.awards.length).length);
  put(byId("places"), known.map(line));
}

const line = (one) =>
  el(
    "li",
    {},
    el("span", { class: "rank" }, one.rank),
    flag(one.country),
    el("span", { class: "who" }, bdi(one.name)),
    view.totals && el("b", {}, one.total),
    one.awards.length > 0 && el("span", { class: "awards" }, awarded(one.awards)),
  );

await speak("/livescore/words/hall", () => {
  shown = "";
  draw();
});
draw();
if (competition) {
  watch(`${path}/live`, {
    token,
    tag: () => tag,
    onEvent: (_name, next, nextTag) => take(next, nextTag),
    poll,
    onState: (next) => {
      state = next;
      draw();
    },
  });
  poll();
}
addEventListener("hashchange", () => location.reload());
