/* The best few of a board side by side, for a lower third.
 *
 * Where the public sees no order nobody is best: everybody passes by, a few at a time. One competitor can be asked for by
 * bib (`who`) and stands last when not among the best. Cells glide to their places unless the viewer asked for calm.
 */

import { awarded, awardsOf } from "/shared/awards.js";
import { arrange, bdi, el, put, write } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { t } from "/shared/i18n.js";
import { sought } from "./asked.js";
import { order } from "./table.js";

const TURN_MS = 8000,
  HOT_MS = 8000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function lowerThird(place, most) {
  const cells = new Map();
  let first = 0,
    shown = null;
  place.classList.toggle("many", most > 3);

  setInterval(() => {
    if (!shown || ordered(shown.head)) return;
    first += most;
    draw(shown);
  }, TURN_MS);

  function chosen({ head, rows }) {
    const all = Object.entries(rows)
      .filter(([, row]) => row.status !== "withdrawn")
      .sort(order);
    if (!ordered(head)) {
      if (first >= all.length) first = 0;
      return all.slice(first, first + most);
    }
    const best = all.filter(([, row]) => row.rank != null).slice(0, most);
    const pinned = all.find(([, row]) => sought(row.bib));
    return !pinned || best.some(([id]) => id === pinned[0]) ? best : [...best.slice(0, most - 1), pinned];
  }

  function draw(board) {
    shown = board;
    const now = chosen(board);
    for (const id of cells.keys()) if (!now.some(([one]) => one === id)) cells.delete(id);
    for (const [id, row] of now) {
      if (!cells.has(id)) cells.set(id, makeCell());
      fill(cells.get(id), row, board.head);
      cells.get(id).node.classList.toggle("sought", sought(row.bib));
    }
    const nodes = now.map(([id]) => cells.get(id).node);
    const before = new Map(nodes.map((node) => [node, node.isConnected && node.getBoundingClientRect().left]));
    arrange(place, nodes);
    if (calm.matches || document.hidden) return;
    for (const node of nodes) {
      const left = before.get(node);
      const shift = left === false ? 0 : left - node.getBoundingClientRect().left;
      if (shift) node.animate([{ transform: `translateX(${shift}px)` }, { transform: "none" }], { duration: 900, easing: "ease" });
      else if (left === false) node.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 600 });
    }
  }
  return draw;
}

const ordered = (head) =>
  (head.mode !== "progress" || Boolean(head.final)) && !head.notice?.includes("unranked");

function makeCell() {
  const cell = {
    rank: el("span", { class: "rank" }),
    who: el("span", { class: "who" }),
    flag: el("span"),
    value: el("b"),
    award: el("span"),
    identity: "",
    said: "",
    timer: 0,
  };
  cell.node = el("li", {}, cell.rank, el("div", {}, cell.who, el("span", { class: "value" }, cell.flag, cell.value, cell.award)));
  return cell;
}

function fill(cell, row, head) {
  const awards = awardsOf(row);
  const identity = [row.bib, row.name, row.country, ...awards].join("\n");
  if (identity !== cell.identity) {
    cell.identity = identity;
    put(cell.who, el("span", { class: "bib" }, row.bib), " ", el("span", { class: "name" }, bdi(row.name)));
    put(cell.flag, flag(row.country));
    put(cell.award, awarded(awards.slice(0, 1)));
  }
  write(cell.rank, ordered(head) ? String(row.rank ?? "–") : "");
  const value = head.mode === "marks" ? (row.total ?? "–") : t("progressOf", { a: row.marked ?? 0, b: head.aspects ?? 0 });
  if (value === cell.said) return;
  if (cell.said) heat(cell);
  cell.said = value;
  write(cell.value, value);
}

function heat(cell) {
  cell.node.classList.add("hot");
  clearTimeout(cell.timer);
  cell.timer = setTimeout(() => cell.node.classList.remove("hot"), HOT_MS);
}
