/* Short things that every page says in the same words: whether it is live, where the result stands, who is watching. */

import { byId, write } from "/shared/dom.js";
import { pause, t } from "/shared/i18n.js";

/** What is wrong with the connection, for people; nothing while it is live. */
export function link(state, heard) {
  if (state === "live") return "";
  const ago = Math.max(1, Math.round((Date.now() - heard) / 1000));
  return t(state === "stale" && !heard ? "connecting" : state, { age: pause(ago) });
}

/** Whether the board is live: one that is shown later than it happens never looks as if it were of this moment. */
export function drawLive(live, delay, off = t("off")) {
  byId("live").classList.toggle("off", !live);
  write(byId("live"), !live ? off : delay ? t("live.delayed", { age: pause(delay) }) : t("live"));
}

export function standing(head) {
  const key = head.kind === "training" ? "training" : head.frozen ? "frozen" : head.final ? "final" : "notfinal";
  return t(key === "final" && head.version > 1 ? "final.amended" : key);
}

/** "312 watching", and from how many countries as far as they said so. */
export function crowd({ watching, countries }) {
  if (!watching) return "";
  const n = Object.keys(countries ?? {}).length;
  return [t("watching", { n: watching }), n > 0 && t("countries", { n })].filter(Boolean).join(" · ");
}

/** How many aspects count, of how many, over those who still compete. */
export function sums({ head, rows }) {
  const competing = Object.values(rows).filter((row) => !["withdrawn", "disqualified"].includes(row.status));
  const a = competing.reduce((sum, row) => sum + (row.marked ?? 0), 0);
  return { a, b: competing.length * (head.aspects ?? 0) };
}
