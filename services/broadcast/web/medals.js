/* The medal table of a showcase: all competitions whose result is final and thawed, by country, and who won what.
 *
 * A country's place is decided by gold, then silver, then bronze; equal ones share it. Boards are read one after the
 * other while the table is looked at, and again every minute: there may be any number of competitions, and a viewer
 * follows only one of them live.
 */

import { awardsOf, badge } from "/shared/awards.js";
import { bdi, el, put, write } from "/shared/dom.js";
import { countryName, flag } from "/shared/flags.js";
import { lang, learn, pick, said, t } from "/shared/i18n.js";
import { read } from "./connection.js";

const AWARDS = ["gold", "silver", "bronze", "medallion", "best_of_nation"];
const AGAIN_MS = 60000;
const boards = new Map();
let timer,
  reading = false,
  failed = false,
  shown = "";

/** A result that stands: what is frozen, revealed or trained for counts nothing. */
export const isFinal = ({ head }) => Boolean(head.final) && !head.frozen && head.kind !== "training";

/** [{country, place, gold, silver, bronze, medallion, best_of_nation}] of these boards, the best first. */
export function tally(finals) {
  const sums = new Map();
  for (const { rows } of finals)
    for (const row of Object.values(rows))
      for (const kind of awardsOf(row)) {
        if (!sums.has(row.country)) sums.set(row.country, Object.fromEntries(AWARDS.map((one) => [one, 0])));
        sums.get(row.country)[kind] += 1;
      }
  const medals = ([, sum]) => AWARDS.slice(0, 3).map((kind) => sum[kind]);
  const better = (a, b) => medals(b).reduce((found, n, at) => found || n - medals(a)[at], 0);
  const all = [...sums];
  return all
    .map((one) => ({ country: one[0], place: 1 + all.filter((other) => better(one, other) > 0).length, ...one[1] }))
    .sort((a, b) => a.place - b.place || countryName(a.country).localeCompare(countryName(b.country), lang));
}

export function leave() {
  clearTimeout(timer);
  timer = undefined;
  shown = "";
}

/** The names of what is awarded are among the words of the news. */
export const prepare = () => learn("/broadcast/words/news");

export function draw(place, watched) {
  if (timer === undefined) {
    timer = 0;
    readAll(place, watched);
  }
  show(place, watched);
}

async function readAll(place, watched) {
  if (!reading) {
    reading = true;
    failed = false;
    for (const { channel } of watched.competitions()) {
      try {
        boards.set(channel, (await read(channel)).state);
      } catch (error) {
        if (error.code === 4404) boards.delete(channel);
        else failed = true;
      }
    }
    reading = false;
  }
  if (timer === undefined) return;
  show(place, watched);
  timer = setTimeout(readAll, AGAIN_MS * (1 + Math.random() / 4), place, watched);
}

function show(place, watched) {
  const all = watched.competitions().map((row) => ({ ...row, board: boards.get(row.channel) }));
  const finals = all.filter(({ board }) => board && isFinal(board));
  const open = all.filter(({ board }) => !board || !isFinal(board));
  const known = !reading || all.every(({ board }) => board);
  const key = JSON.stringify([lang, known, failed, all]);
  if (key === shown) return;
  shown = key;
  const sums = tally(finals.map(({ board }) => board));
  if (!place.firstChild) put(place, el("p", { role: "status" }), el("div"));
  write(place.firstChild, !known ? t("medals.reading") : state(finals, all, sums));
  put(
    place.lastChild,
    sums.length > 0 && table(sums),
    finals.map(winners),
    known && open.length > 0 && finals.length > 0 && el("p", { class: "soft" }, t("medals.open"), " ", listed(open)),
    failed && el("p", { class: "soft" }, t("medals.failed")),
  );
}

const state = (finals, all, sums) =>
  finals.length === 0
    ? t("medals.none")
    : sums.length === 0
      ? t("medals.without")
      : t("medals.sum", { n: finals.length, of: all.length });

const listed = (rows) => rows.map((row, n) => [n > 0 && t("comma"), said(row.title)]);

function table(sums) {
  const head = (kind) =>
    el("th", { scope: "col" }, badge(kind, el("span", { class: "word" }, t(`award.${kind}`))));
  return el(
    "table",
    { class: "medals", "aria-label": t("medals.title") },
    el(
      "thead",
      {},
      el("tr", {}, el("th", { scope: "col" }, t("rank")), el("th", { scope: "col" }, t("country")), AWARDS.map(head)),
    ),
    el(
      "tbody",
      {},
      sums.map((sum) =>
        el(
          "tr",
          {},
          el("td", { class: "place" }, String(sum.place)),
          el("th", { scope: "row" }, flag(sum.country), el("span", {}, countryName(sum.country))),
          AWARDS.map((kind) => el("td", { class: sum[kind] ? "" : "soft" }, String(sum[kind]))),
        ),
      ),
    ),
  );
}

function winners({ title, board }) {
  const rows = Object.values(board.rows).filter((row) => awardsOf(row).length);
  rows.sort((a, b) => (a.rank ?? 1e6) - (b.rank ?? 1e6) || Number(a.bib) - Number(b.bib));
  return el(
    "section",
    { class: "winners", "aria-label": pick(title) },
    el("h3", {}, said(title)),
    rows.length === 0 && el("p", {}, t("medals.nobody")),
    el(
      "ul",
      {},
      rows.map((row) =>
        el(
          "li",
          {},
          flag(row.country),
          el("span", { class: "bib" }, row.bib),
          el("span", { class: "name" }, bdi(row.name)),
          awardsOf(row).map((kind) => badge(kind, t(`award.${kind}`))),
        ),
      ),
    ),
  );
}
