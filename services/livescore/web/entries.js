/* What is put into the queue: a mark, or an act such as submitting a sheet. The id is made here, once per intention. */

import { newId } from "/shared/dom.js";

const base = (competition) => `/api/livescore/competitions/${encodeURIComponent(competition)}`;

/** Tells this device from others in the record; it is no secret and names nobody. */
export function deviceId() {
  const known = localStorage.getItem("showcase.judge.device") ?? newId();
  localStorage.setItem("showcase.judge.device", known);
  return known;
}

export function markEntry(competition, form, mark) {
  const id = newId();
  return {
    id,
    competition,
    kind: "mark",
    path: `${base(competition)}/marks`,
    body: { marked_at: new Date().toISOString(), device: deviceId(), ...mark, id },
    sheet: { competitor: mark.competitor, form },
  };
}

export function actEntry(competition, act, fields, sheet = null) {
  const id = newId();
  return {
    id,
    competition,
    kind: "act",
    path: `${base(competition)}/acts`,
    body: { act, id, done_at: new Date().toISOString(), device: deviceId(), ...fields },
    sheet: sheet ?? sheetOf(fields),
  };
}

const sheetOf = ({ form, competitor, competitors }) =>
  form ? { competitor: competitor ?? competitors?.[0], form } : null;

/** When it was done, by this device. */
export const doneAt = ({ body }) => body.marked_at ?? body.done_at;
