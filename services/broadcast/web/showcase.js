/* The viewer page of one showcase: composes what is followed, the programme line, the table and what is said about them.
 *
 * Boards arrive as often as marks do; the screen is drawn at most once a frame, from the newest. The state of the
 * connection is always visible: a board that is not live never looks as if it were.
 *
 * The first screen is light. What a viewer may want later (news of a ceremony, what just happened, programme, medals,
 * sharing, video) is loaded when it is asked for, and what may be needed at any moment as soon as the page is idle.
 */

import { byId, el, put, write } from "/shared/dom.js";
import { countryName } from "/shared/flags.js";
import { linked, pick, said, speak, t } from "/shared/i18n.js";
import { asked, who as named } from "./asked.js";
import { drawProgramme } from "./programme.js";
import { drawLive, link, standing, sums } from "./saying.js";
import { drawTable } from "./table.js";
import { watch } from "./watch.js";

const IDLE_MS = 2000;
const PARTS = ["sessions", "medals", "happened", "audience"];
const loaded = {};
let drawn,
  told,
  followed = "",
  who = named,
  state = "connecting",
  heard = 0,
  way = "socket";

/** A part of the page that comes later; null until it is there with its words, and then the page is drawn again. */
function later(name) {
  if (loaded[name] === undefined) {
    loaded[name] = null;
    load(name).catch(() => {
      delete loaded[name];
    });
  }
  return loaded[name];
}

async function load(name) {
  const part = await import(`./${name}.js`);
  await part.prepare?.();
  loaded[name] = part;
  watched.draw();
}

function onState(next, since, by = way) {
  const other = next !== state;
  [state, heard, way] = [next, since, by];
  drawLink();
  drawLive(state === "live", watched?.board()?.head.delay);
  // The seconds count on for the eye; the ear is told once.
  if (other) write(byId("link-spoken"), byId("link").textContent);
}

function drawLink() {
  byId("link").hidden = state === "live";
  write(byId("link"), link(state, heard));
  write(byId("way"), state === "live" ? t(`way.${way}`) : "");
  document.documentElement.dataset.state = state;
}

const newsworthy = ({ head }) => head.frozen || head.reveal || head.amended || head.final || head.notice?.length;

function draw() {
  const programme = watched.programme();
  const competition = watched.competition();
  const board = watched.board();
  if (!programme) return;
  // Without its news a board would not say that it is frozen: then it waits until they can be read.
  if (board && newsworthy(board) && !later("news")) return;
  if (competition?.channel !== followed) {
    followed = competition?.channel ?? "";
    drawn = null;
  }
  const title = board?.head.title ?? competition?.title;
  write(byId("showcase"), pick(programme.head.title));
  byId("showcase").href = linked("/");
  put(byId("title"), title ? said(title) : "");
  if (title) document.title = `${pick(title)} · ${pick(programme.head.title)}`;
  drawProgramme(byId("programme"), programme);
  drawTabs();
  drawAudience();
  drawLive(state === "live", watched?.board()?.head.delay);
  byId("bar").hidden = byId("news").hidden = byId("board").hidden = !board;
  if (board) drawBoard(board);
  else put(byId("notes"), state !== "connecting" && el("p", {}, t("waiting")));
  if (programme.head.streams?.length || loaded.video) later("video")?.drawVideo(byId("video"), programme.head.streams ?? []);
  loaded.panels?.drawOpen();
}

function drawBoard(board) {
  const spoken = loaded.news?.drawNews(byId("news"), board, drawn);
  // The bib of a link to another competition is somebody else's here.
  const here = ["", watched.slug(watched.competition())].includes(asked("c"));
  drawTable(byId("board"), board, drawn, { who: here ? who : "", onShare: share });
  if (who) later("share")?.drawMine(byId("mine"), here ? board.rows : {}, who, unmark);
  const { head } = board;
  byId("feed").hidden = Boolean(head.frozen || head.final);
  drawFeed(board);
  if (spoken) put(byId("spoken"), spoken);
  later("notes")?.drawNotes(byId("notes"), board, watched.competitions());
  if (!drawn) setTimeout(() => ["news", "feed"].forEach(later), IDLE_MS);
  drawn = board;
  drawSummary(board);
}

/** Whether this tab has seen something happen there. */
function remembers(channel) {
  try {
    return sessionStorage.getItem(`showcase.feed.${channel}`) !== null;
  } catch {
    return false; // a browser that stores nothing
  }
}

/** What happens before the ticker has been loaded is told as soon as it has. */
function drawFeed(board) {
  if (!drawn) told = board;
  if (told !== board || remembers(followed)) later("feed");
  if (!loaded.feed) return;
  loaded.feed.drawFeed({ feed: byId("feed"), spoken: byId("spoken") }, followed, board, told);
  told = board;
}

function drawTabs() {
  const all = watched.competitions();
  byId("tabs").hidden = all.length < 2;
  const key = JSON.stringify([all, followed, t("language")]);
  if (byId("tabs").dataset.shown === key) return;
  byId("tabs").dataset.shown = key;
  put(
    byId("tabs"),
    all.map((row) => {
      const url = new URL(location.href);
      url.searchParams.set("c", watched.slug(row));
      url.searchParams.delete("who");
      url.hash = "";
      return el("a", { href: url.href, "aria-current": row.channel === followed && "page" }, said(row.title));
    }),
  );
  // On a phone they are one line, which is moved sideways.
  const current = byId("tabs").querySelector("[aria-current]");
  if (current) byId("tabs").scrollLeft = current.offsetLeft - byId("tabs").offsetLeft - 40;
}

/** How many watch, and the countries that most of them say they watch from. */
function drawAudience() {
  const { watching, countries = {} } = watched.audience();
  const most = Object.entries(countries).sort((a, b) => b[1] - a[1]);
  const named = most.slice(0, 3).map(([code, n]) => `${countryName(code)} ${n}`);
  if (most.length > 3) named.push(t("countries.more", { n: most.length - 3 }));
  byId("watching").hidden = !watching;
  write(byId("watching"), watching ? [t("watching", { n: watching }), ...named].join(" · ") : "");
}

function drawSummary(board) {
  const { a, b } = sums(board);
  write(byId("count"), t("overall", { a, b }));
  byId("overall").firstElementChild.style.setProperty("--p", a / b);
  byId("overall").hidden = !b;
  write(byId("final"), standing(board.head));
}

async function share(row) {
  const url = new URL(location.pathname, location.origin);
  url.searchParams.set("c", followed.split(".").pop());
  url.searchParams.set("who", row.bib);
  const parts = await import("./share.js").catch(() => null);
  if (parts) parts.shareRow(byId("say"), row, url.href, document.title);
  else write(byId("say"), t("unloaded"));
}

function unmark() {
  who = "";
  const url = new URL(location.href);
  url.searchParams.delete("who");
  history.replaceState(history.state, "", url);
  put(byId("mine"));
  watched.draw();
  byId("board").focus();
}

/** The address names what is open over the page, so that a link can, and going back closes it. */
async function openPart() {
  const name = PARTS.find((part) => location.hash === `#${part}`);
  if (!name && !loaded.panels) return;
  try {
    const panels = await import("./panels.js");
    loaded.panels = panels;
    await panels.open(name, watched);
  } catch {
    write(byId("say"), t("unloaded"));
  }
}

await speak("/broadcast/words/showcase", () => {
  drawLink();
  watched.draw();
});
const watched = watch({ onDraw: draw, onState });
drawLink();
setInterval(() => {
  if (state !== "live") drawLink();
}, 1000);
setInterval(watched.draw, 20000);
addEventListener("hashchange", openPart);
openPart();
