/* Marks that the page of before kept in localStorage: moved into the store, in their order and with their ids.
 *
 * They are removed there only when they are on the disk here; done twice it does no harm, because an id is taken once.
 */

import { withEntry } from "./queue.js";

const OLD = "showcase.marks.";

export async function moveEarlier(store) {
  if (!store.lasts) return;
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(OLD))) {
    const text = localStorage.getItem(key);
    const found = entries(text);
    await store.change(key.slice(OLD.length), (list) => found.reduce(withEntry, list));
    // A page of before that is still open in another tab may have added one meanwhile.
    if (localStorage.getItem(key) === text) localStorage.removeItem(key);
  }
}

function entries(text) {
  try {
    return (JSON.parse(text) ?? []).map(({ competition, mark, follows, refused }) => ({
      id: mark.id,
      competition,
      kind: "mark",
      path: `/api/livescore/competitions/${encodeURIComponent(competition)}/marks`,
      body: mark,
      sheet: null,
      kept_at: mark.marked_at,
      tried: mark.marked_at, // nobody knows whether it was
      follows: follows ?? null,
      ...(refused && { refused }),
    }));
  } catch {
    return [];
  }
}
