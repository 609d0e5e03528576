/* Which changes of a board are news, and the words for them. */

import { bdi } from "/shared/dom.js";
import { phrase } from "/shared/i18n.js";
import { changesOf } from "./board.js";
import { signed } from "./table.js";

/** The changes that are worth a line of their own: who was merely overtaken is seen in the order. */
export const newsOf = (before, board) =>
  changesOf(before, board).filter(({ diff, settled }) => diff !== 0 || settled || board.head.mode === "rank");

/** "03 Nova +1.50, now 21.50", as far as the public may see it. */
export function told({ row, diff }, { mode, aspects }) {
  const key = mode === "marks" && !diff ? "just.progress" : `just.${mode}`;
  const values = { diff: signed(diff), total: row.total ?? "–", rank: row.rank, a: row.marked, b: aspects };
  return phrase(key, { ...values, who: bdi(`${row.bib} ${row.name}`) });
}
