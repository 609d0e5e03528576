/* What changed for people between two pictures of a board, and the words for it.
 *
 * Freezing, the ceremony and the final result turn over everything at once, and are no news of single competitors.
 */

import { bdi } from "/shared/dom.js";
import { phrase } from "/shared/i18n.js";
import { signed } from "./table.js";

const cents = (text) => Math.round(Number(text ?? 0) * 100);

/** [{row, diff, climbed, settled}]: hundredths of a mark, places, and whether another aspect counts. */
export function changesOf(before, { head, rows }) {
  const turned = (key) => !before.head[key] !== !head[key];
  if (!before || head.frozen || head.final || ["frozen", "final", "reveal", "version"].some(turned)) return [];
  return Object.entries(rows).flatMap(([id, row]) => {
    const was = before.rows[id];
    if (!was) return [];
    const diff = cents(row.total) - cents(was.total);
    const climbed = was.rank && row.rank ? was.rank - row.rank : 0;
    const settled = row.marked !== was.marked;
    return diff || climbed || settled ? [{ row, diff, climbed, settled }] : [];
  });
}

/** Whether a change is worth a line of its own: who was merely overtaken is seen in the order. */
export const worthTelling = ({ diff, settled }, { mode }) => diff !== 0 || settled || mode === "rank";

/** "03 Nova +1.50, now 21.50", as far as the public may see it. */
export function told({ row, diff }, { mode, aspects }) {
  const key = mode === "marks" && !diff ? "just.progress" : `just.${mode}`;
  const values = { diff: signed(diff), total: row.total, rank: row.rank, a: row.marked, b: aspects };
  return phrase(key, { ...values, who: bdi(`${row.bib} ${row.name}`) });
}
