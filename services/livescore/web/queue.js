/* The list of what is on its way, as pure functions: entries in, entries out, in the order they were given.
 *
 * An entry is {id, competition, kind, path, body, kept_at, sheet: {competitor, form}} and, while it lives, `follows` (the
 * entry whose seq it waits for), `tried` (it may have left this device) or `refused` (why, and what stands instead).
 */

const cell = (entry) => JSON.stringify([entry.competition, entry.body.competitor, entry.body.aspect]);
const sheet = (entry) => JSON.stringify([entry.competition, entry.sheet?.competitor, entry.sheet?.form]);

/** The newest mark of a cell that is on its way or was set aside. */
export const newest = (list, competition, competitor, aspect) =>
  list.findLast(
    (entry) =>
      entry.kind === "mark" &&
      entry.competition === competition &&
      entry.body.competitor === competitor &&
      entry.body.aspect === aspect,
  );

/** The newest justification of another round that is on its way or was set aside. */
export const justification = (list, competition, competitor, aspect) =>
  list.findLast(
    (entry) =>
      entry.body.act === "justify-round" &&
      entry.competition === competition &&
      entry.body.competitor === competitor &&
      entry.body.aspect === aspect,
  );

/** Add one; a correction of a mark that is on its way waits for it, and one that was set aside makes room. */
export function withEntry(list, entry) {
  if (list.some((one) => one.id === entry.id)) return list;
  if (entry.kind !== "mark") return [...list, { follows: null, ...entry }];
  const same = list.filter((one) => one.kind === "mark" && cell(one) === cell(entry));
  const earlier = same.findLast((one) => !one.refused);
  return [...list.filter((one) => !(one.refused && same.includes(one))), { follows: earlier?.id ?? null, ...entry }];
}

export const without = (list, id) => list.filter((entry) => entry.id !== id);

const patched = (list, id, values) => list.map((entry) => (entry.id === id ? { ...entry, ...values } : entry));

/** Before the first byte leaves: from here on nobody can say that it did not arrive. */
export const tried = (list, id, at) =>
  list.map((entry) => (entry.id === id && !entry.tried ? { ...entry, tried: at } : entry));

/** Take one back that has never been tried; what followed it follows what it followed. */
export function takenBack(list, id) {
  const gone = list.find((entry) => entry.id === id);
  if (!gone || gone.tried) return list;
  return without(list, id).map((entry) => (entry.follows === id ? inherit(entry, gone) : entry));
}

/** The service has recorded it: its correction now names it as what was seen. */
export const accepted = (list, id, seq) =>
  without(list, id).map((entry) =>
    entry.follows === id ? { ...entry, follows: null, body: { ...entry.body, saw: seq } } : entry,
  );

/** The service has refused it for good. Where the judge has corrected it since, only the correction matters. */
export function refused(list, id, why) {
  const gone = list.find((entry) => entry.id === id);
  if (!gone || gone.refused) return list;
  if (list.some((entry) => entry.follows === id))
    return without(list, id).map((entry) => (entry.follows === id ? inherit(entry, gone) : entry));
  return patched(list, id, { refused: why });
}

function inherit(entry, from) {
  const { saw: _, ...body } = entry.body;
  return { ...entry, follows: from.follows, body: from.body.saw == null ? body : { ...body, saw: from.body.saw } };
}

/** An act about a sheet waits while a mark of that sheet, given before it, awaits the judge's decision. */
export const held = (list, entry) =>
  entry.kind === "act" &&
  entry.sheet != null &&
  list.some((one) => one.refused && one.kind === "mark" && one.n < entry.n && sheet(one) === sheet(entry));

/** What is to be sent next. */
export const next = (list) => list.find((entry) => !entry.refused && !held(list, entry));

export const unsent = (list) => list.filter((entry) => !entry.refused);
