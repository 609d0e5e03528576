/* The page of those who lead the marking: chief expert and competition manager see the same and may do different things.
 *
 * Holds the view as the service said it last and what is chosen; chief-*.js draw the parts. The view comes by itself
 * (shared/live.js), so nothing here has to be loaded anew. A part is built anew only when what it shows has changed,
 * and never under somebody's hands: while a field in it has the focus it waits.
 */

import { claims, takeToken } from "/shared/access.js";
import { byId, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { call } from "/shared/http.js";
import { lang, linked, pick, said, speak, t } from "/shared/i18n.js";
import { watch } from "/shared/live.js";
import { Acts } from "./chief-acts.js";
import { drawCases } from "./chief-cases.js";
import { drawFairness } from "./chief-fairness.js";
import { drawFinish } from "./chief-finish.js";
import { drawGrid } from "./chief-grid.js";
import { drawPanels } from "./chief-panels.js";
import { drawPublic } from "./chief-public.js";
import { drawRules } from "./chief-rules.js";
import { drawSheet } from "./chief-sheet.js";
import { asksForTexts, drawTexts, unapproved } from "./chief-texts.js";
import { drawWaiting } from "./chief-waiting.js";

const AGAIN_MS = 4000;
const token = takeToken("showcase.lead", localStorage);
const me = claims(token);
const parts = {
  sheets: drawGrid,
  panels: drawPanels,
  fairness: drawFairness,
  cases: drawCases,
  public: drawPublic,
  finish: drawFinish,
  texts: drawTexts,
  rules: drawRules,
};
const shapes = new Map();

/** `open` is the sheet in the side panel, `filter` what the grid points out. */
export const at = {
  all: [],
  competition: null,
  view: null,
  part: "sheets",
  filter: "all",
  open: null,
  sheet: null,
  missing: null,
};
let etag = null;
let trouble = null;
let live = null;

const base = () => `/api/livescore/competitions/${encodeURIComponent(at.competition)}`;
const desk = {
  at,
  me: me.sub,
  office: me.role,
  acts: new Acts({ token, base, onDone: poll }),
  draw,
  anew,
  get: async (path, options) => (await call("GET", `${base()}/chief/${path}`, { token, ...options })).body,
  scheme: async () => (await call("GET", `${base()}/scheme`, { token })).body,
  why: async (competitor, aspect) =>
    (await call("GET", `${base()}/why/${encodeURIComponent(competitor)}/${aspect}`, { token })).body,

  show(part) {
    at.part = part;
    draw();
    byId("part").focus({ preventScroll: true });
  },

  point(filter) {
    at.filter = filter;
    desk.show("sheets");
  },

  async open(form, competitor) {
    at.open = form && { form, competitor };
    at.sheet = null;
    draw();
    await loadSheet();
    if (at.open) byId("detail").focus({ preventScroll: false });
  },
};

async function begin() {
  if (!token) {
    put(byId("say"), el("div", { class: "say bad" }, el("p", {}, t("gate"))));
    return;
  }
  try {
    at.all = (await call("GET", "/api/livescore/competitions", { token })).body;
    const last = localStorage.getItem("showcase.lead.last");
    at.competition ??= at.all.find((one) => one.id === last)?.id ?? at.all[0]?.id ?? null;
    trouble = at.competition ? null : { words: t("none") };
  } catch (problem) {
    trouble = problem;
  }
  draw();
  if (at.competition) change(at.competition);
  else setTimeout(begin, AGAIN_MS);
}

async function change(competition) {
  live?.stop();
  Object.assign(at, { competition, view: null, open: null, sheet: null, missing: null });
  etag = null;
  shapes.clear();
  localStorage.setItem("showcase.lead.last", competition);
  draw();
  await poll();
  if (competition !== at.competition) return;
  live = watch(`${base()}/chief/live`, {
    token,
    tag: () => etag,
    poll,
    onEvent: (_name, view, tag) => {
      trouble = null;
      take(view, tag);
    },
    onState: (state) => {
      document.documentElement.dataset.live = state;
    },
  });
}

async function poll() {
  const asked = at.competition;
  try {
    const answer = await call("GET", `${base()}/chief`, { token, etag, again: 0 });
    if (asked !== at.competition) return;
    trouble = null;
    if (answer.status !== 304) take(answer.body, answer.etag);
    else drawState();
  } catch (problem) {
    trouble = problem;
    drawState();
  }
}

function take(view, tag) {
  if (view.competition !== at.competition || (at.view && view.seq < at.view.seq)) return;
  const before = at.view && at.open && rowOf(at.view, at.open);
  at.view = view;
  etag = tag;
  draw();
  if (at.open && JSON.stringify(before) !== JSON.stringify(rowOf(view, at.open))) loadSheet();
}

const rowOf = (view, { form, competitor }) => [
  view.sheets[form]?.[competitor],
  view.apart.filter((one) => one.form === form && one.competitor === competitor),
  view.forms.find((one) => one.id === form)?.panel,
];

async function loadSheet() {
  const asked = at.open;
  if (!asked) return;
  try {
    const found = await desk.get(`sheets/${asked.form}/${encodeURIComponent(asked.competitor)}`);
    if (asked !== at.open) return;
    at.sheet = found;
    drawSheet(desk);
  } catch (problem) {
    trouble = problem;
    drawState();
  }
}

function draw() {
  drawState();
  if (!at.view) return;
  const { view } = at;
  write(byId("title"), pick(view.title));
  document.title = `${t("title")} · ${pick(view.title)}`;
  const seat = view.judges.find((one) => one.id === me.sub);
  anew("who", [seat], () => [el("span", {}, t(`office.${me.role}`)), seat && flag(seat.country)]);
  anew("competitions", [at.all, at.competition], () => at.all.length > 1 && at.all.map(tabFor));
  anew("elsewhere", [at.competition], () => [elsewhere("result"), elsewhere("schemes")]);
  byId("work").hidden = false;
  drawWaiting(desk);
  const names = Object.keys(parts).filter((name) => name !== "texts" || asksForTexts(view));
  if (!names.includes(at.part)) at.part = names[0];
  anew("tabs", [at.part, names, counts(view)], () => names.map((name) => tab(name, counts(view)[name])));
  byId("part").dataset.part = at.part;
  parts[at.part](desk);
  drawSheet(desk);
}

/** What waits in a part, beside its name. */
const counts = (view) => ({
  cases: view.appeals.filter((one) => one.next.length > 0 && one.state !== "closed").length || null,
  texts: unapproved(view).length || null,
});

const tab = (name, n) =>
  el(
    "button",
    { "aria-current": at.part === name && "true", onclick: () => desk.show(name), "data-tab": name },
    t(`part.${name}`),
    n && el("span", { class: "count" }, n),
  );

/** Another page about this competition, in its own tab and with the same link to enter by. */
const elsewhere = (page) =>
  el(
    "a",
    {
      href: `${linked(`/${page}`)}&${new URLSearchParams({ competition: at.competition })}#token=${token}`,
      target: "_blank",
      rel: "noopener",
    },
    `${t(`page.${page}`)} ↗`,
  );

const tabFor = (one) =>
  el("button", { "aria-current": one.id === at.competition && "true", onclick: () => change(one.id) }, said(one.title));

function drawState() {
  put(byId("state"), trouble && el("p", {}, trouble.words ?? t("error.no_answer")));
}

/** Build the content of a place anew when `shape` has changed; the focus goes to what is now in its place. */
function anew(id, shape, build) {
  const place = byId(id);
  const wanted = JSON.stringify([lang, shape]);
  if (shapes.get(id) === wanted) return;
  const active = document.activeElement;
  if (place.contains(active) && active.matches("input:not([type=checkbox]), textarea")) {
    active.addEventListener("blur", draw, { once: true });
    return;
  }
  shapes.set(id, wanted);
  const key = place.contains(active) && active.dataset.key;
  put(place, build());
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !at.open || document.querySelector("dialog")) return;
  const { form, competitor } = at.open;
  desk.open(null);
  document.querySelector(`[data-sheet="${CSS.escape(`${form} ${competitor}`)}"]`)?.focus();
});
addEventListener("hashchange", () => location.reload());
await speak("/livescore/words/chief", () => {
  shapes.clear();
  draw();
});
begin();
