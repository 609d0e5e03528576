/* The board in a frame on somebody else's site: compact, from 280 to 900 px wide.
 *
 * Whoever shows it is told the height by message, `{type: "showcase:height", showcase, height}` in CSS pixels, at first and
 * whenever it changes; nothing else is told, and no message is listened to. It needs no storage and sets no cookie, so
 * that it works where frames of another site have neither. `theme=light|dark` overrules what the system prefers,
 * `top=n` shows the best n alone.
 */

import { byId, put, write } from "/shared/dom.js";
import { lang, said, speak, t } from "/shared/i18n.js";
import { addressOf, number, oneOf, showcase, sought, who } from "./asked.js";
import { newsOf, told } from "./changes.js";
import { drawNews } from "./news.js";
import { crowd, drawLive, link, standing, sums } from "./saying.js";
import { drawTable } from "./table.js";
import { watch } from "./watch.js";

const SAY_MS = 10000;
const theme = oneOf("theme", ["", "light", "dark"]);
const top = number("top", 0, 1, 500);
let drawn,
  followed = "",
  state = "connecting",
  heard = 0,
  spokenAt = 0;

if (theme) document.documentElement.dataset.theme = theme;

function onState(next, at) {
  const other = next !== state;
  [state, heard] = [next, at];
  document.documentElement.dataset.state = state;
  drawState();
  if (other) write(byId("link-spoken"), link(state, heard));
}

function drawState() {
  const board = watched.board();
  const live = state === "live";
  drawLive(live, board?.head.delay);
  const empty = board && Object.keys(board.rows).length === 0;
  write(byId("waiting"), empty ? t("nobody") : board ? "" : live ? t("waiting") : link(state, heard));
}

function draw() {
  const board = watched.board();
  const competition = watched.competition();
  if (!watched.programme()) return;
  byId("open").href = addressOf("", { c: competition && watched.slug(competition), lang, who });
  put(byId("title"), said(board?.head.title ?? competition?.title ?? watched.programme().head.title));
  byId("board").hidden = byId("count").hidden = !board || Object.keys(board.rows).length === 0;
  drawState();
  if (!board) return;
  if (competition.channel !== followed) drawn = undefined;
  followed = competition.channel;
  write(byId("final"), standing(board.head));
  write(byId("watching"), crowd(watched.audience()));
  const { a, b } = sums(board);
  write(byId("count"), b ? t("overall", { a, b }) : "");
  const spoken = drawNews(byId("news"), board, drawn);
  const changes = newsOf(drawn, board);
  drawTable(byId("board"), board, drawn);
  [...byId("board").tBodies[0].rows].forEach((tr, at) => {
    const wanted = sought(tr.dataset.bib);
    tr.classList.toggle("sought", wanted);
    tr.hidden = top > 0 && at >= top && !wanted;
  });
  if (spoken) put(byId("spoken"), spoken);
  else if (changes.length && Date.now() - spokenAt > SAY_MS) {
    spokenAt = Date.now();
    put(byId("spoken"), t("just"), " ", told(changes.at(-1), board.head));
  }
  drawn = board;
}

await speak(["/broadcast/words/showcase", "/broadcast/words/news", "/broadcast/words/embed"]);
const watched = watch({ onDraw: draw, onState });
new ResizeObserver(([{ target }]) => {
  const height = Math.ceil(target.getBoundingClientRect().height);
  if (parent !== window) parent.postMessage({ type: "showcase:height", showcase, height }, "*");
}).observe(document.body);
