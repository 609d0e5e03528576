/* The classroom screen: one competition at a time, large, by itself, for hours.
 *
 * Nobody needs to touch it: pages turn, competitions rotate when the address asks for it (`rotate=seconds`, at least one
 * whole round of pages each), the screen is kept awake, and what can be pressed is hidden until the pointer moves. What
 * moves can be paused, and moves without animation where the viewer asked for that.
 */

import { byId, put, write } from "/shared/dom.js";
import { pick, said, speak, t } from "/shared/i18n.js";
import { addressOf, asked, number, sought } from "./asked.js";
import { newsOf, told } from "./changes.js";
import { drawClocks } from "./clocks.js";
import { drawNews } from "./news.js";
import { paged } from "./pages.js";
import { drawProgramme } from "./programme.js";
import { qr } from "./qr.js";
import { crowd, drawLive, link, standing, sums } from "./saying.js";
import { drawTable } from "./table.js";
import { keepAwake } from "./wake.js";
import { watch } from "./watch.js";

const IDLE_MS = 4000,
  NEWS_MS = 30000,
  SAY_MS = 10000;
const rotate = number("rotate", 0, 5, 3600) * 1000;
let drawn,
  state = "connecting",
  heard = 0,
  paused = false,
  since = Date.now(),
  spokenAt = 0,
  newsTimer,
  idleTimer,
  followed = "";

const pages = paged(byId("board"), { least: 2.4, most: 6.5, onTurn });

function onState(next, at) {
  const other = next !== state;
  [state, heard] = [next, at];
  drawLink();
  if (other) write(byId("link-spoken"), byId("link").textContent);
}

function drawLink() {
  document.documentElement.dataset.state = state;
  // A competition that has not been opened yet is nothing to be alarmed about.
  const calm = state === "live" || (state === "missing" && watched.competition());
  byId("link").hidden = Boolean(calm);
  write(byId("link"), calm ? "" : link(state, heard));
  drawLive(state === "live", watched.board()?.head.delay);
}

function draw() {
  const programme = watched.programme();
  const competition = watched.competition();
  const board = watched.board();
  if (!programme) return;
  if (competition?.channel !== followed) begin(competition);
  write(byId("showcase"), pick(programme.head.title));
  put(byId("title"), competition ? said(board?.head.title ?? competition.title) : "");
  document.title = [pick(competition?.title), pick(programme.head.title)].filter(Boolean).join(" · ");
  drawProgramme(byId("programme"), programme);
  drawClocks(byId("clocks"), programme.head.timezone);
  write(byId("watching"), crowd(watched.audience()));
  const empty = board && Object.keys(board.rows).length === 0;
  byId("bar").hidden = byId("news").hidden = !board;
  byId("board").hidden = !board || empty;
  byId("back").hidden = byId("next").hidden = watched.competitions().length < 2;
  byId("waiting").hidden = board ? !empty : state === "connecting";
  write(byId("waiting"), t(empty ? "nobody" : "waiting"));
  drawLive(state === "live", watched.board()?.head.delay);
  if (board) drawBoard(board);
}

/** Another competition: nothing of the last one may be compared with it or stand beside it. */
function begin(competition) {
  followed = competition?.channel ?? "";
  drawn = undefined;
  since = Date.now();
  put(byId("just"));
  drawPhone(competition && watched.slug(competition));
  pages.restart();
}

function drawBoard(board) {
  const spoken = drawNews(byId("news"), board, drawn);
  document.documentElement.toggleAttribute("data-reveal", Boolean(board.head.reveal));
  const news = newsOf(drawn, board);
  drawTable(byId("board"), board, drawn);
  for (const tr of byId("board").tBodies[0].rows) tr.classList.toggle("sought", sought(tr.dataset.bib));
  byId("board").style.setProperty("--parts", board.head.criteria?.length ?? 0);
  const { a, b } = sums(board);
  write(byId("count"), t("overall", { a, b }));
  byId("overall").firstElementChild.style.setProperty("--p", a / b);
  byId("overall").hidden = !b;
  write(byId("final"), standing(board.head));
  if (board.head.frozen || board.head.final) put(byId("just"));
  else tell(news, board.head);
  if (spoken) put(byId("spoken"), spoken);
  drawn = board;
  pages.fit();
}

function tell(changes, head) {
  if (!changes.length) return;
  const newest = changes.at(-1);
  put(byId("just"), t("just"), " ", told(newest, head));
  clearTimeout(newsTimer);
  newsTimer = setTimeout(() => put(byId("just")), NEWS_MS);
  if (Date.now() - spokenAt < SAY_MS) return;
  spokenAt = Date.now();
  put(byId("spoken"), t("just"), " ", told(newest, head));
}

function drawPhone(slug) {
  const picture = qr(addressOf("", { c: slug, lang: asked("lang") }));
  byId("phone").hidden = false;
  write(byId("address"), addressOf("").replace(/^https?:\/\//, ""));
  put(byId("qr"), picture);
}

function onTurn(page, of, round) {
  write(byId("page"), of > 1 ? t("page", { page, of }) : "");
  if (round && rotate && !paused && Date.now() - since >= rotate) watched.go(1);
}

function setPaused(value) {
  paused = value;
  pages.pause(paused);
  byId("pause").setAttribute("aria-pressed", paused);
  write(byId("pause"), t(paused ? "resume" : "pause"));
}

/** What can be pressed, and the pointer, go away when nobody uses them. */
function wake() {
  document.body.classList.remove("idle");
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => document.body.classList.add("idle"), IDLE_MS);
}

byId("back").addEventListener("click", () => watched.go(-1));
byId("next").addEventListener("click", () => watched.go(1));
byId("pause").addEventListener("click", () => setPaused(!paused));
for (const kind of ["pointermove", "pointerdown", "focusin"]) addEventListener(kind, wake);
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowLeft") watched.go(-1);
  else if (event.key === "ArrowRight") watched.go(1);
  else if (event.key === " " && !event.target.closest("button, a")) setPaused(!paused);
  else return;
  if (event.key === " ") event.preventDefault();
});

await speak(["/broadcast/words/showcase", "/broadcast/words/news", "/broadcast/words/screen"], () => {
  setPaused(paused);
  drawLink();
  draw();
});
const watched = watch({ onDraw: draw, onState });
setPaused(false);
drawLink();
wake();
keepAwake();
setInterval(() => {
  if (state !== "live") drawLink();
  if (watched.programme()) drawClocks(byId("clocks"), watched.programme().head.timezone);
}, 1000);
setInterval(draw, 20000);
