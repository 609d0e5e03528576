/* The presenter's page: one click is one step of the reveal, and every step can be taken back.
 *
 * Nothing moves by itself. The view comes live from the service, so two presenters' pages show the same; a click names the
 * step it means to reach, so two clicks at once are one step. A rehearsal uses invented places and reaches nobody but
 * the hall screen.
 */

import { claims, takeToken } from "/shared/access.js";
import { awarded } from "/shared/awards.js";
import { bdi, byId, el, newId, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { call } from "/shared/http.js";
import { lang, pick, speak, t } from "/shared/i18n.js";
import { watch } from "/shared/live.js";
import { course } from "./reveal-course.js";

const token = takeToken("showcase.presenter", localStorage);
const rights = claims(token);
const competitions = rights.competitions ?? [];
const at = { competition: competitions[0] ?? null, view: null, tag: null, trouble: null, refused: null, live: "", peek: false };
let live = null;
let sending = false;

const path = () => `/api/livescore/competitions/${encodeURIComponent(at.competition)}`;

function follow() {
  live?.stop();
  at.view = at.tag = null;
  if (!at.competition) return;
  live = watch(`${path()}/ceremony/live`, {
    token,
    tag: () => at.tag,
    onEvent: (_name, view, tag) => take(view, tag),
    poll,
    onState: (state) => {
      at.live = state;
      draw();
    },
  });
  poll();
}

const epoch = (tag) => tag?.split(".")[0];

async function poll() {
  try {
    const answer = await call("GET", `${path()}/ceremony`, { token, etag: at.tag });
    at.trouble = null;
    if (answer.status === 200) take(answer.body, answer.etag);
  } catch (problem) {
    at.trouble = problem;
  }
  draw();
}

/** A late answer never covers what the stream has brought since, unless the ledger behind it is another one. */
function take(view, tag) {
  if (view.competition !== at.competition) return;
  if (at.view && view.seq < at.view.seq && epoch(tag) === epoch(at.tag)) return;
  Object.assign(at, { view, tag, trouble: null });
  draw();
}

async function act(name, fields) {
  sending = true;
  try {
    const json = { act: name, id: newId(), done_at: new Date().toISOString(), ...fields };
    await call("POST", `${path()}/acts`, { token, json, again: 3 });
    at.refused = null;
  } catch (problem) {
    at.refused = problem;
  }
  sending = false;
  await poll();
}

const move = (by) => {
  const now = at.view && course(at.view);
  const step = now ? now.step + by : -1;
  if (!sending && now && step >= 0 && step <= now.steps.length) act("move-reveal", { step, rehearsal: now.rehearsal });
};

function draw() {
  const { view, trouble } = at;
  write(byId("title"), view?.title ? pick(view.title) : t("title"));
  document.title = view?.title ? `${t("title")} · ${pick(view.title)}` : t("title");
  put(byId("state"), trouble && el("p", {}, trouble.words), !trouble && at.live === "polling" && el("p", { class: "calm" }, t("polling")));
  put(
    byId("say"),
    !token && el("div", { class: "say bad" }, el("p", {}, t("gate"))),
    at.refused && el("div", { class: "say warm" }, el("p", {}, at.refused.words)),
  );
  put(
    byId("competitions"),
    competitions.length > 1 &&
      competitions.map((one) =>
        el("button", { "aria-current": one === at.competition && "true", onclick: () => choose(one) }, one.split(".").pop()),
      ),
  );
  if (!view) {
    for (const part of ["now", "steps", "more"]) put(byId(part));
    byId("keys").hidden = true;
    return;
  }
  const now = course(view);
  drawNow(view, now);
  drawKeys(view, now);
  drawSteps(now);
  drawMore(view, now);
}

function choose(competition) {
  at.competition = competition;
  follow();
  draw();
}

function drawNow(view, now) {
  document.documentElement.dataset.rehearsal = String(Boolean(now?.rehearsal));
  if (!now) {
    const why = view.training ? "training" : !view.final ? "notfinal" : !view.frozen ? "open" : "ready";
    put(byId("now"), el("h1", {}, t(`${why}.title`)), el("p", {}, t(why)));
    return;
  }
  const last = now.steps[now.step - 1];
  const next = now.steps[now.step];
  put(
    byId("now"),
    now.rehearsal && el("p", { class: "banner" }, t("rehearsal.banner")),
    el("p", { class: "count" }, t("step", { a: now.step, b: now.steps.length })),
    el("div", { class: "pair" }, card("shown", last), card("next", next)),
  );
}

function card(kind, step) {
  return el(
    "div",
    { class: `card ${kind}` },
    el("h2", {}, t(kind)),
    step ? inside(step) : el("p", { class: "soft" }, t(kind === "shown" ? "nothing" : "end")),
  );
}

function inside(step) {
  if (step.kind === "announce") return el("p", { class: "big awards" }, t("announce"), awarded(step.awards));
  return el(
    "ul",
    { class: "people" },
    step.competitors.map((one) =>
      el(
        "li",
        {},
        el("span", { class: "place" }, t("place", { rank: step.rank })),
        flag(one.country),
        el("b", {}, bdi(`${one.bib} ${one.name}`)),
        el("span", { class: "figure" }, one.total),
        one.awards.length > 0 && el("span", { class: "awards" }, awarded(one.awards)),
      ),
    ),
  );
}

/** The two keys stay the same elements, so that whoever leads by keyboard keeps the focus; one click is one step. */
const keys = ["quiet", "main"].map((cls) => el("button", { class: cls, onclick: (event) => event.detail < 2 && press(cls) }));
byId("keys").append(...keys);

function press(key) {
  if (!at.view || sending) return;
  if (keys[key === "main" ? 1 : 0].getAttribute("aria-disabled") === "true") return;
  if (course(at.view)) move(key === "main" ? 1 : -1);
  else act("begin-reveal", key === "main" ? {} : { rehearsal: true });
}

function drawKeys(view, now) {
  const words = now ? ["back", "forward"] : ["rehearse", "begin"];
  const closed = now
    ? [now.step === 0, now.step === now.steps.length]
    : [view.training, !view.final || !view.frozen || view.training];
  keys.forEach((key, index) => {
    write(key, t(words[index]));
    key.setAttribute("aria-disabled", String(closed[index]));
  });
  byId("keys").hidden = false;
}

function drawSteps(now) {
  if (!now) {
    put(byId("steps"));
    return;
  }
  put(
    byId("steps"),
    el(
      "label",
      { class: "peek" },
      el("input", { type: "checkbox", checked: at.peek, onchange: (event) => peek(event.target.checked) }),
      ` ${t("peek")}`,
    ),
    at.peek &&
      el(
        "ol",
        {},
        now.steps.map((step, index) =>
          el("li", { "aria-current": index === now.step - 1 && "step", class: index < now.step && "done" }, inside(step)),
        ),
      ),
  );
}

function peek(wanted) {
  at.peek = wanted;
  draw();
}

function drawMore(view, now) {
  const hall = `${location.origin}/hall?lang=${lang}&c=${at.competition.split(".").pop()}#token=${token}`;
  put(
    byId("more"),
    el("a", { href: hall, target: "_blank", rel: "noopener", class: "button" }, t("hall")),
    now?.rehearsal && el("button", { onclick: () => act("end-reveal", { rehearsal: true }) }, t("rehearsal.end")),
    now && !now.rehearsal && now.step === now.steps.length && el("p", {}, t("thaw")),
  );
}

/* Also what a remote control sends. A key that is held down is one press. */
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("button, a, input") && ["Enter", " "].includes(event.key)) return;
  const by = ["ArrowRight", "PageDown", " "].includes(event.key) ? 1 : ["ArrowLeft", "PageUp"].includes(event.key) ? -1 : 0;
  if (!by) return;
  event.preventDefault();
  if (!event.repeat) move(by);
});
addEventListener("hashchange", () => location.reload());
await speak("/livescore/words/presenter", draw);
draw();
follow();
