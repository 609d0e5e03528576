/* What just happened in a competition: gathered, kept while the tab sleeps or is loaded again, and told calmly.
 *
 * Quick successions of one competitor become one line. When much has changed at once, because the page slept or was
 * without a network, that is one line as well; the single ones stay in the list. For people who listen the newest line
 * is said at most every ten seconds.
 */

import { el, put, write } from "/shared/dom.js";
import { clockTime, lang, learn, t } from "/shared/i18n.js";
import { newsOf, told } from "./changes.js";

const MOST = 50,
  FRESH_MS = 15000,
  GATHER_MS = 15000,
  SAY_MS = 10000,
  MANY = 4;
const kept = new Map();
let spokenAt = 0,
  shown = "";

/** The words, before anything is drawn. */
export const prepare = () => learn("/broadcast/words/news");

/** What happened in a competition, the newest first. */
export function happened(channel) {
  if (!kept.has(channel)) kept.set(channel, remembered(channel));
  return kept.get(channel);
}

function remembered(channel) {
  try {
    return JSON.parse(sessionStorage.getItem(`showcase.feed.${channel}`)) ?? [];
  } catch {
    return [];
  }
}

function remember(channel, lines) {
  kept.set(channel, lines.slice(0, MOST));
  try {
    sessionStorage.setItem(`showcase.feed.${channel}`, JSON.stringify(kept.get(channel)));
  } catch {
    /* private mode or full: it lives as long as the page */
  }
}

/** The words of a line, as `put` takes them. */
export const words = (line) =>
  line.many ? t("just.many", { n: line.many, time: clockTime(line.since) }) : [told(line, line.head), climbed(line)];

const climbed = ({ climbed: places, row, head }) =>
  places > 0 && head.mode === "marks" && row.rank ? ` · ${t("just.rose", { rank: row.rank })}` : "";

function gather(lines, { row, diff, climbed: places }, head, at) {
  const line = { at, row, diff, climbed: places, head: { mode: head.mode, aspects: head.aspects } };
  const same = lines.findIndex((one) => one.row?.bib === row.bib && at - one.at < GATHER_MS);
  if (same < 0) return [line, ...lines];
  const was = lines[same];
  return [{ ...line, diff: diff + was.diff, climbed: places + was.climbed }, ...lines.filter((one) => one !== was)];
}

export function drawFeed({ feed, spoken }, channel, board, before) {
  const { head } = board;
  const changes = newsOf(before, board);
  if (changes.length) {
    const at = Math.min(Date.now(), Date.parse(head.updated_at) || Date.now());
    let lines = happened(channel);
    for (const change of changes) lines = gather(lines, change, head, at);
    const since = Date.parse(before.head.updated_at) || at;
    if (changes.length >= MANY) lines = [{ at, many: changes.length, since }, ...lines];
    remember(channel, lines);
    if (Date.now() - spokenAt > SAY_MS) {
      spokenAt = Date.now();
      put(spoken, t("just"), " ", words(lines[0]));
    }
  }
  drawLines(feed, happened(channel));
}

function drawLines(feed, lines) {
  const fresh = lines.length > 0 && Date.now() - lines[0].at < FRESH_MS;
  const key = JSON.stringify([lang, fresh, lines.slice(0, 4)]);
  if (key === shown) return;
  shown = key;
  put(
    feed,
    lines
      .slice(0, lines[0]?.many ? 1 : 4)
      .map((line, n) => el("li", {}, n === 0 && fresh ? `${t("just")} ` : `${clockTime(line.at)} `, words(line))),
  );
}

/** The list of a competition, for the panel. */
export function drawList(place, channel) {
  const lines = happened(channel).filter((line) => !line.many);
  const key = JSON.stringify([lang, channel, lines]);
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  put(
    place,
    lines.length === 0 && el("p", {}, t("happened.none")),
    el("ol", { class: "happened" }, lines.map((line) => el("li", {}, time(line.at), el("span", {}, words(line))))),
  );
}

function time(at) {
  const node = el("time", { class: "digits", datetime: new Date(at).toISOString() });
  write(node, clockTime(at));
  return node;
}
