/* The viewer page of one showcase: composes the follower, the programme line, the table and what is said about them.
 *
 * Boards arrive as often as marks do; the screen is drawn at most once a frame, from the newest. The state of the
 * connection is always visible: a board that is not live never looks as if it were.
 */

import { byId, bdi, el, put, write } from "/shared/dom.js";
import { clockTime, linked, phrase, pick, said, speak, t } from "/shared/i18n.js";
import { follow } from "./follow.js";
import { drawNews, pause } from "./news.js";
import { drawProgramme } from "./programme.js";
import { drawTable, signed } from "./table.js";

const SAY_MS = 10000;
const showcase = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const stage = `showcase/${showcase}`;
const held = new Map();
const updated = el("p");
let followed = "",
  follower,
  drawn,
  shown = "",
  shownProgramme = null,
  state = "connecting",
  heard = 0,
  spokenAt = 0,
  queued = false,
  feed = [];

const competitions = () => Object.values(held.get(stage)?.rows ?? {}).filter((row) => row.kind === "competition");

/** Follow the competition the address names, or the first; called again when the programme changes. */
function choose() {
  const all = competitions();
  const asked = new URLSearchParams(location.search).get("c");
  const next = all.find((row) => row.channel.endsWith(`.${asked}`))?.channel ?? all[0]?.channel ?? "";
  if (follower && next === followed) return;
  follower?.stop();
  followed = next;
  drawn = null;
  feed = [];
  const channels = next ? [stage, next, `audience/${next}`] : [stage];
  follower = follow(channels, { held, onBoard, onState });
}

function onBoard(channel, board) {
  held.set(channel, board);
  if (channel === stage) choose();
  if (!queued) {
    queued = true;
    requestAnimationFrame(draw);
  }
}

function onState(next, since) {
  const other = next !== state;
  state = next;
  heard = since;
  drawLink();
  drawLive();
  // The seconds count on for the eye; the ear is told once.
  if (other) write(byId("link-spoken"), byId("link").textContent);
}

function drawLink() {
  const ago = Math.max(1, Math.round((Date.now() - heard) / 1000));
  const age = ago < 120 ? t("seconds", { n: ago }) : t("minutes", { n: Math.round(ago / 60) });
  const live = state === "live";
  const link = byId("link");
  link.hidden = live;
  write(link, live ? "" : t(state === "stale" && !heard ? "connecting" : state, { age }));
  document.documentElement.dataset.state = state;
}

/** A board that is shown later than it happens never looks as if it were of this moment. */
function drawLive() {
  const live = state === "live";
  const delay = held.get(followed)?.head.delay;
  byId("live").classList.toggle("off", !live);
  write(byId("live"), !live ? t("off") : delay ? t("live.delayed", { age: pause(delay) }) : t("live"));
}

function draw() {
  queued = false;
  const programme = held.get(stage);
  const board = held.get(followed);
  const audience = held.get(`audience/${followed}`);
  if (programme && programme !== shownProgramme) {
    shownProgramme = programme;
    write(byId("showcase"), pick(programme.head.title));
    drawProgramme(byId("programme"), programme);
    drawTabs();
  }
  const title = board?.head.title ?? competitions().find((row) => row.channel === followed)?.title;
  put(byId("title"), title ? said(title) : "");
  if (title) document.title = `${pick(title)} · ${pick(programme?.head.title)}`;
  write(byId("watching"), audience?.head.watching ? t("watching", { n: audience.head.watching }) : "");
  drawLive();
  byId("bar").hidden = byId("news").hidden = byId("board").hidden = !board;
  if (!board) {
    put(byId("notes"), programme && state !== "connecting" && el("p", {}, t("waiting")));
    return;
  }
  const spoken = drawNews(byId("news"), board, drawn);
  const changes = drawTable(byId("board"), board, drawn);
  const still = board.head.frozen || board.head.final;
  byId("feed").hidden = Boolean(still);
  if (still) feed = [];
  else tell(changes, board);
  if (spoken) put(byId("spoken"), spoken);
  drawn = board;
  drawSummary(board);
}

function drawTabs() {
  const all = competitions();
  byId("tabs").hidden = all.length < 2;
  put(
    byId("tabs"),
    all.map((row) => {
      const url = new URL(location.href);
      url.searchParams.set("c", row.channel.split(".").pop());
      return el("a", { href: url.href, "aria-current": row.channel === followed && "page" }, said(row.title));
    }),
  );
}

function drawSummary({ head, rows }) {
  const competing = Object.values(rows).filter((row) => !["withdrawn", "disqualified"].includes(row.status));
  const [a, b] = [competing.reduce((sum, row) => sum + (row.marked ?? 0), 0), competing.length * (head.aspects ?? 0)];
  write(byId("count"), t("overall", { a, b }));
  byId("overall").firstElementChild.style.setProperty("--p", b ? a / b : 0);
  const training = head.kind === "training";
  const standing = training ? "training" : head.frozen ? "frozen" : !head.final ? "notfinal" : "final";
  write(byId("final"), t(standing === "final" && head.version > 1 ? "final.amended" : standing));
  const now = Date.now();
  const open = competitions().some((row) => Date.parse(row.opens_at) <= now && now < Date.parse(row.closes_at));
  const notes = JSON.stringify([t("live"), head.mode, head.criteria?.length, standing, head.delay, competing.length, open]);
  write(updated, head.updated_at ? t("updated", { time: clockTime(head.updated_at) }) : "");
  if (notes === shown) return;
  shown = notes;
  const note = (key) => el("p", {}, t(key));
  const criteria = (head.criteria ?? []).map((part) => `${part.id} ${pick(part.name)}`).join(" · ");
  put(
    byId("notes"),
    criteria && el("p", { id: "keys" }, criteria),
    competing.length === 0 && note("empty"),
    standing === "notfinal" && note("note.notfinal"),
    note(training ? "note.training" : head.mode === "marks" ? "note.sum" : head.final ? "note.places" : `note.${head.mode}`),
    head.delay && el("p", {}, t("note.delay", { age: pause(head.delay) })),
    updated,
    open && el("p", {}, el("a", { href: linked(`/register/${showcase}`) }, t("register"))),
  );
}

/** The line "just now", and at most every ten seconds the same for people who listen. */
function tell(changes, { head }) {
  const told = changes
    .filter((change) => change.diff || change.settled || head.mode === "rank")
    .map(({ row, diff }) => {
      const key = head.mode === "marks" && !diff ? "just.progress" : `just.${head.mode}`;
      const values = { diff: signed(diff), total: row.total, rank: row.rank, a: row.marked, b: head.aspects };
      return { at: Date.now(), text: () => phrase(key, { ...values, who: bdi(`${row.bib} ${row.name}`) }) };
    });
  if (told.length) feed = [...told.reverse(), ...feed].slice(0, 4);
  drawFeed();
  if (told.length && Date.now() - spokenAt > SAY_MS) {
    spokenAt = Date.now();
    put(byId("spoken"), t("just"), " ", told[0].text());
  }
}

function drawFeed() {
  put(
    byId("feed"),
    feed.map(({ at, text }, index) =>
      el("li", {}, index === 0 && Date.now() - at < 15000 ? `${t("just")} ` : `${clockTime(at)} `, text()),
    ),
  );
}

/** Read the programme once over HTTP, because it names the channels to follow. */
async function begin(turn = 0) {
  try {
    const answer = await fetch(`/live/state/${stage}`);
    if (answer.status === 404) throw new RangeError(stage);
    if (!answer.ok) throw new Error(answer.status);
    const {
      epoch,
      seq,
      state: { head, rows },
    } = await answer.json();
    onBoard(stage, { epoch, seq, head, rows });
  } catch (error) {
    const missing = error instanceof RangeError;
    onState(missing ? "missing" : "connecting", 0);
    setTimeout(begin, missing ? 15000 : (0.5 + Math.random()) * Math.min(10000, 500 * 2 ** turn), turn + 1);
  }
}

await speak("/broadcast/words/showcase", () => {
  shown = "";
  shownProgramme = null;
  drawLink();
  draw();
});
drawLink();
setInterval(() => {
  if (state !== "live") drawLink();
}, 1000);
setInterval(() => {
  if (held.has(stage)) drawProgramme(byId("programme"), held.get(stage));
  drawFeed();
}, 20000);
begin();
