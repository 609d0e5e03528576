/* The board as a table: each row is made once and then only touched where it changed.
 *
 * `drawTable` compares what is on the screen with the new board. Rows glide to their new place (first, last, invert,
 * play), unless the viewer asked for calm; a changed row keeps its mark and its "+1.50" for eight seconds, gathered over
 * quick successions.
 *
 * During the reveal who is not revealed stays in the order of the frozen picture, and who is gathers below by final place,
 * so the table fills from its end.
 */

import { awarded, awardsOf, badge } from "/shared/awards.js";
import { bdi, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { lang, pick, t } from "/shared/i18n.js";
import { changesOf } from "./board.js";

const HOT_MS = 8000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let lines = new Map();
let shape = "";

/** "+1.50" or "−0.25": the sign is a character of its own, so that it is read out and seen without colour. */
export const signed = (n) => `${n < 0 ? "−" : "+"}${(Math.abs(n) / 100).toFixed(2)}`;

const LAST = { guest: 2, disqualified: 3, withdrawn: 4 };
const place = (row) => [
  LAST[row.status] ?? (row.revealed ? 1 : 0),
  row.revealed?.rank ?? row.rank ?? 1e6,
  Number(row.bib),
];

/** How [id, row] pairs stand below each other on every page. */
export const order = (a, b) => {
  const [x, y] = [place(a[1]), place(b[1])];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
};

/** `who` is the bib of a row that is marked; with `onShare(row)` each row has a button that calls it. */
export function drawTable(table, board, before, { who = "", onShare } = {}) {
  const { head } = board;
  const places = head.mode !== "progress" || head.final || Boolean(head.reveal);
  const ranked = places && !head.notice?.includes("unranked");
  const wanted = JSON.stringify([lang, head.mode, ranked, head.criteria, head.max, Boolean(onShare)]);
  if (wanted !== shape) {
    shape = wanted;
    lines = new Map();
    table.className = `mode-${head.mode} ${ranked ? "ranked" : ""}`;
    put(table, header(head, ranked, onShare), el("tbody", { role: "rowgroup" }));
  }
  table.classList.toggle("revealing", Boolean(head.reveal));
  const entries = Object.entries(board.rows).sort(order);
  for (const [id, row] of entries) {
    if (!lines.has(id)) lines.set(id, makeLine(head, row, ranked, onShare));
    const mine = who !== "" && Number(row.bib) === Number(who);
    fill(lines.get(id), head, row, mine);
  }
  for (const change of changesOf(before, board)) heat(lines.get(change.id), change);
  for (const [id, line] of lines)
    if (!board.rows[id]) {
      line.tr.remove();
      lines.delete(id);
    }
  arrange(
    table.tBodies[0],
    entries.map(([id]) => lines.get(id).tr),
    before && !calm.matches && !document.hidden,
  );
}

const heading = (cls, ...text) => el("th", { class: cls, role: "columnheader", scope: "col" }, ...text);

function header({ mode, criteria = [], max }, ranked, onShare) {
  const marks = mode === "marks";
  return el(
    "thead",
    { role: "rowgroup" },
    el(
      "tr",
      { role: "row" },
      ranked && heading("rank", t("rank")),
      heading("who", t("competitor")),
      marks &&
        criteria.map((part) =>
          el(
            "th",
            { class: "part", role: "columnheader", scope: "col", title: pick(part.name) },
            part.id,
            el("span", { class: "hush" }, ` ${pick(part.name)}`),
            el("br"),
            `/${Number(part.max)}`,
          ),
        ),
      heading("marked", t("progress")),
      marks && heading("total", t("total"), el("br"), t("of", { max: Number(max) })),
      onShare && heading("share", el("span", { class: "hush" }, t("share"))),
    ),
  );
}

function makeLine({ mode, criteria = [] }, row, ranked, onShare) {
  const cell = (cls, ...inside) => el("td", { class: cls, role: "cell" }, ...inside);
  const line = {
    rank: cell("rank"),
    chip: el("span", { class: "chip", "aria-hidden": "true" }),
    ruler: el("span", { class: "ruler" }),
    count: el("span"),
    whole: document.createTextNode(""),
    cents: el("small"),
    who: cell("who"),
    share: onShare && el("button", { type: "button", onclick: () => onShare(line.row) }),
    timer: 0,
    parts: Object.fromEntries(
      criteria.map((part) => [part.id, { max: Number(part.max), text: el("span"), bar: el("i") }]),
    ),
  };
  const marks = mode === "marks";
  line.tr = el(
    "tr",
    { role: "row" },
    ranked && line.rank,
    line.who,
    marks && Object.values(line.parts).map((part) => cell("part", part.text, part.bar)),
    cell("marked", line.ruler, line.count),
    marks && cell("total", line.chip, el("b", {}, line.whole, line.cents)),
    onShare && cell("share", line.share),
  );
  line.tr.dataset.bib = row.bib;
  return line;
}

function fill(line, head, row, mine) {
  line.row = row;
  const { mode, aspects = 0 } = head;
  const gone = row.status === "withdrawn";
  const told = row.revealed;
  const labels = [mine && "mine", row.review && "review", !gone && row.status in LAST && row.status].filter(Boolean);
  const awards = awardsOf(told ?? row);
  const signs = labels.length + awards.length;
  const identity = [row.bib, row.name, row.country, row.status, ...labels, ...awards].join("\n");
  if (line.identity !== identity) {
    line.identity = identity;
    line.tr.classList.toggle("gone", gone);
    line.tr.classList.toggle("mine", mine);
    line.share?.setAttribute("aria-label", t("share.row", { who: `${row.bib} ${row.name}` }));
    put(
      line.who,
      flag(row.country),
      el("span", { class: "bib" }, row.bib),
      " ",
      el("span", { class: "name" }, bdi(row.name)),
      gone && ` (${t("withdrawn")})`,
      mode !== "marks" && line.chip,
      signs > 0 &&
        el(
          "span",
          { class: "labels", "--n": signs },
          awarded(awards),
          labels.map((kind) => badge(kind, t(`label.${kind}`))),
        ),
    );
  }
  line.tr.classList.toggle("told", Boolean(told));
  const rank = told?.rank ?? row.rank;
  write(line.rank, rank == null ? "–" : String(rank));
  write(line.count, t("progressOf", { a: row.marked ?? 0, b: aspects }));
  line.ruler.style.setProperty("--n", aspects || 1);
  line.ruler.style.setProperty("--p", (row.marked ?? 0) / (aspects || 1));
  if (mode === "marks") {
    const [whole, rest] = (told?.total ?? row.total ?? "–").split(".");
    write(line.whole, whole);
    write(line.cents, rest ? `.${rest}` : "");
    for (const [id, part] of Object.entries(line.parts)) {
      // Of the frozen picture only what still makes up the revealed total; a dash would say "not yet marked".
      const stale = told && told.total !== row.total;
      const award = stale ? "" : row.criteria?.[id];
      write(part.text, award ?? "–");
      part.bar.hidden = Boolean(stale);
      part.bar.style.setProperty("--p", Number(award ?? 0) / part.max);
    }
  }
}

/** Mark the row as just changed; quick successions add up into one figure. */
function heat(line, { diff, climbed, settled }) {
  if (diff || settled) {
    line.sum = (line.sum ?? 0) + diff;
    line.tr.classList.add("hot");
  }
  line.climbed = (line.climbed ?? 0) + climbed;
  write(
    line.chip,
    [
      line.sum ? signed(line.sum) : "",
      line.climbed > 0 ? `▲${line.climbed}` : line.climbed < 0 ? `▼${-line.climbed}` : "",
    ]
      .join(" ")
      .trim(),
  );
  clearTimeout(line.timer);
  line.timer = setTimeout(() => {
    line.tr.classList.remove("hot");
    write(line.chip, "");
    line.sum = line.climbed = 0;
  }, HOT_MS);
}

/** The row that holds the focus is never moved, the others go around it: moving would take the focus away. */
function arrange(body, wanted, glide) {
  if (wanted.every((tr, at) => body.rows[at] === tr)) return;
  const tops = new Map(
    glide ? wanted.filter((tr) => tr.parentNode).map((tr) => [tr, tr.getBoundingClientRect().top]) : [],
  );
  const stays = wanted.findIndex((tr) => tr.contains(document.activeElement));
  if (stays >= 0) wanted[stays].before(...wanted.slice(0, stays));
  body.append(...wanted.slice(stays + 1));
  for (const [tr, top] of tops) {
    const shift = top - tr.getBoundingClientRect().top;
    if (shift)
      tr.animate([{ transform: `translateY(${shift}px)` }, { transform: "none" }], {
        duration: 700,
        easing: "cubic-bezier(.2,.7,.2,1)",
      });
  }
}
