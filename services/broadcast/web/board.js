/* A board as the viewer holds it, and the one rule of the protocol: state + delta == next state.
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
