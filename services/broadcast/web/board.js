/* A board as the viewer holds it, the one rule of the protocol, state + delta == next state, and what changed for people.
 *
 * Pure. `advance` returns the next board, or the same object when the frame brings nothing new, or null when the frame
 * does not follow from what we hold and the channel has to be asked again with `since`. A snapshot of another epoch
 * always replaces: the ledger behind it is another one. An older position of the same epoch is never shown.
 */

export function advance(board, frame) {
  if (frame.type === "snapshot") {
    if (board && board.epoch === frame.epoch && frame.seq <= board.seq) return board;
    return { epoch: frame.epoch, seq: frame.seq, head: frame.state.head, rows: frame.state.rows };
  }
  if (!board || board.epoch !== frame.epoch || frame.base > board.seq) return null;
  if (frame.seq <= board.seq) return board;
  if (frame.base !== board.seq) return null;
  const rows = { ...board.rows };
  for (const [id, change] of Object.entries(frame.rows ?? {})) {
    if (change === null) delete rows[id];
    else rows[id] = merge(rows[id], change);
  }
  return { epoch: board.epoch, seq: frame.seq, head: merge(board.head, frame.head), rows };
}

function merge(held, change) {
  const next = { ...held };
  for (const [key, value] of Object.entries(change ?? {})) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return next;
}

const TURNS = ["frozen", "final", "reveal", "version"];
const cents = (text) => Math.round(Number(text ?? 0) * 100);

/** [{id, row, diff, climbed, settled}]: hundredths of a mark, places, and whether another number of aspects counts.
 *  Freezing, the ceremony, the final result and another mode turn over everything at once, and who is withdrawn or
 *  disqualified loses the figures: none of that is news of single competitors.
 */
export function changesOf(before, { head, rows }) {
  const turned = (key) => !before.head[key] !== !head[key];
  if (!before || head.frozen || head.final || head.mode !== before.head.mode || TURNS.some(turned)) return [];
  return Object.entries(rows).flatMap(([id, row]) => {
    const was = before.rows[id];
    if (!was || was.status !== row.status) return [];
    const diff = cents(row.total) - cents(was.total);
    const climbed = was.rank && row.rank ? was.rank - row.rank : 0;
    const settled = row.marked !== was.marked;
    return diff || climbed || settled ? [{ id, row, diff, climbed, settled }] : [];
  });
}
