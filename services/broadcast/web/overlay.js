/* The overlay for a video programme: a browser source of 1920 x 1080 in OBS, without a background of its own.
 *
 *   view=lower|full   a lower third with the best `top` (1 to 5) and what happened last, or the whole board
 *   theme=dark|light  scale=0.5 to 2   c=, lang=, who= as on every page
 *
 * It is on air: nothing to press, nothing that scrolls, and nothing at all before there is a board. A lost connection is a
 * small ring in place of the word "Live"; the board stands until it is back.
 */

import { byId, put, write } from "/shared/dom.js";
import { said, speak, t } from "/shared/i18n.js";
import { number, oneOf, sought } from "./asked.js";
import { newsOf, told } from "./changes.js";
import { lowerThird } from "./lower.js";
import { drawNews } from "./news.js";
import { paged } from "./pages.js";
import { crowd, drawLive, standing, sums } from "./saying.js";
import { drawTable } from "./table.js";
import { watch } from "./watch.js";

const JUST_MS = 20000,
  LARGE = 1.25; // from here on a lower third has not room for its head beside the best three
const root = document.documentElement;
const full = oneOf("view", ["lower", "full"]) === "full";
const drawTop = lowerThird(byId("top"), number("top", 3, 1, 5));
const pages = full && paged(byId("board"), { least: 2.6, most: 5, onTurn });
let drawn,
  followed = "",
  live = false,
  justUntil = 0;

root.dataset.view = full ? "full" : "lower";
root.dataset.theme = oneOf("theme", ["dark", "light"]);
const scale = number("scale", 1, 0.5, 2);
root.style.setProperty("--scale", scale);
root.toggleAttribute("data-large", scale > LARGE);

function onState(state) {
  live = state === "live";
  root.dataset.state = state;
  drawLive(live, watched.board()?.head.delay, "");
}

function draw() {
  const board = watched.board();
  const competition = watched.competition();
  if (!board) return;
  if (competition.channel !== followed) {
    followed = competition.channel;
    drawn = undefined;
    if (full) pages.restart();
  }
  document.querySelector("main").hidden = false;
  put(byId("title"), said(board.head.title ?? competition.title));
  write(byId("final"), standing(board.head));
  write(byId("watching"), full ? crowd(watched.audience()) : "");
  drawLive(live, watched.board()?.head.delay, "");
  drawNews(byId("news"), board, drawn);
  root.toggleAttribute("data-reveal", Boolean(board.head.reveal));
  if (full) {
    drawTable(byId("board"), board, drawn);
    for (const tr of byId("board").tBodies[0].rows) tr.classList.toggle("sought", sought(tr.dataset.bib));
    pages.fit();
  } else drawTop(board);
  tell(board);
  drawn = board;
}

/** The newest change for a while, otherwise how far the marking is. */
function tell(board) {
  const news = newsOf(drawn, board).at(-1);
  if (news) {
    justUntil = Date.now() + JUST_MS;
    put(byId("just"), t("just"), " ", told(news, board.head));
    setTimeout(watched.draw, JUST_MS + 100);
  }
  if (Date.now() < justUntil && !board.head.frozen && !board.head.final) return;
  const { a, b } = sums(board);
  write(byId("just"), board.head.final ? t("finalnow") : b ? t("overall", { a, b }) : "");
}

function onTurn(page, of) {
  write(byId("page"), of > 1 ? t("page", { page, of }) : "");
}

await speak(["/broadcast/words/showcase", "/broadcast/words/news", "/broadcast/words/overlay"]);
const watched = watch({ onDraw: draw, onState });
