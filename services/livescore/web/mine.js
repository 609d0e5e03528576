/* A competitor's own time and results, or those of a trainer's competitors: until when to work, the sheet, the picture
 * in a training, appeals.
 *
 * Everything shown is what the service answers; it is asked again every ten seconds while the page is seen (an
 * unchanged answer costs a 304). The token stays in this tab, because results are nobody else's and devices are shared.
 */

import { claims, takeToken } from "/shared/access.js";
import { bdi, byId, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { call } from "/shared/http.js";
import { pick, speak, t } from "/shared/i18n.js";
import { appealForm, appealList } from "./appeal.js";
import { heard } from "./clock.js";
import { ownSheet } from "./own-sheet.js";
import { picture } from "./picture.js";
import { workingTime } from "./working-time.js";

const POLL_MS = 10000;
const token = takeToken("showcase.mine", sessionStorage);
const rights = claims(token);
const answers = new Map(); // by competition: what was answered last, and its tag
const at = { competition: null, competitor: null, trouble: null };
let timer = 0;
let drawn = null;

const everybody = () =>
  [...answers.values()].flatMap(({ view }) => view.competitors.map((own) => ({ ...own, of: view })));
const chosen = () =>
  everybody().find((one) => one.of.competition === at.competition && one.competitor.id === at.competitor) ??
  everybody()[0];

async function poll() {
  clearTimeout(timer);
  try {
    for (const competition of rights.competitions ?? []) await ask(competition);
    at.trouble = null;
  } catch (problem) {
    at.trouble = problem;
  }
  draw();
  if (!at.trouble || at.trouble.passing) timer = setTimeout(() => !document.hidden && poll(), POLL_MS);
}

async function ask(competition) {
  const known = answers.get(competition);
  const path = `/api/livescore/competitions/${encodeURIComponent(competition)}/mine`;
  const answer = await call("GET", path, { token, etag: known?.etag });
  heard(answer.date);
  if (answer.status === 200) answers.set(competition, { view: answer.body, etag: answer.etag });
}

function draw() {
  const one = chosen();
  drawTrouble();
  if (!one) {
    drawn = null;
    for (const part of ["people", "who", "own", "appeal", "appeals"]) put(byId(part));
    workingTime(byId("time"), null);
    if (token && !at.trouble) put(byId("own"), el("p", { class: "soft" }, t(answers.size ? "nobody" : "loading")));
    return;
  }
  const { of, ...own } = one;
  const seen = JSON.stringify([t("title"), own, of.forms, of.title]);
  drawPeople(one);
  workingTime(byId("time"), one.work, rights.role === "competitor" ? "own" : "theirs");
  if (seen === drawn) return;
  drawn = seen;
  write(byId("title"), pick(of.title));
  document.title = `${t("title")} · ${pick(of.title)}`;
  put(byId("who"), heading(one));
  put(byId("own"), one.sheet ? [ownSheet(one.sheet, of.kind), picture(one.picture)] : notShown());
  appealForm(byId("appeal"), one, { token, mayFile: rights.role === "competitor", after: poll });
  put(byId("appeals"), appealList(one.appeals, of.forms));
}

function drawTrouble() {
  const words = !token ? t("gate") : at.trouble && (at.trouble.status === 0 ? t("offline") : at.trouble.words);
  put(
    byId("say"),
    words && el("div", { class: `say ${!token || !at.trouble?.passing ? "bad" : "warm"}` }, el("p", {}, words)),
  );
}

/** With one competitor there is nothing to choose. */
function drawPeople(now) {
  const all = everybody();
  const many = new Set(all.map((one) => one.of.competition)).size > 1;
  put(
    byId("people"),
    all.length > 1 &&
      all.map((one) =>
        el(
          "button",
          {
            "aria-pressed": String(one.competitor.id === now.competitor.id && one.of === now.of),
            onclick: () => {
              Object.assign(at, { competition: one.of.competition, competitor: one.competitor.id });
              draw();
            },
          },
          el("span", { class: "digits" }, one.competitor.bib),
          bdi(one.competitor.name),
          many && el("small", {}, pick(one.of.title)),
        ),
      ),
  );
}

const heading = ({ competitor, of }) =>
  el(
    "div",
    { class: "who" },
    el(
      "h1",
      {},
      el("span", { class: "digits" }, competitor.bib),
      " ",
      bdi(competitor.name),
      " ",
      flag(competitor.country),
    ),
    of.kind === "training" && el("span", { class: "tag" }, t("training")),
    competitor.status !== "competing" &&
      el(
        "span",
        { class: `tag ${competitor.status === "guest" ? "warm" : "bad"}` },
        t(`status.${competitor.status}`),
      ),
  );

const notShown = () =>
  el("section", { class: "card" }, el("h2", {}, t("not_shown")), el("p", {}, t("not_shown.more")));

document.addEventListener("visibilitychange", () => !document.hidden && poll());
addEventListener("hashchange", () => location.reload());
await speak("/livescore/words/mine", draw);
draw();
if (token) poll();
