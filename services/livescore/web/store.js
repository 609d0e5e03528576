/* What this device keeps: the marks and acts on their way, in one order, each judge's last sheet, and the access link.
 *
 * A change of the queue is one transaction that reads a judge's list, lets a pure function say what it becomes, and is
 * finished only when the browser has written it through to the disk (`strict`): what the screen calls kept survives a
 * closed tab, a killed browser and a flat battery. The database's version never grows, because an older page may still be
 * open in another tab; what needs another shape gets a database of another name.
 */

const NAME = "showcase.judge";
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export async function openStore() {
  try {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      const queue = asked.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
      queue.createIndex("owner", "owner");
      asked.result.createObjectStore("sheets", { keyPath: ["owner", "competition"] });
      asked.result.createObjectStore("device");
    };
    return new Store(await done(asked));
  } catch {
    return new Fleeting();
  }
}

class Store {
  constructor(db) {
    Object.assign(this, { db, lasts: true });
    db.onversionchange = () => db.close();
  }

  /** Let `decide` turn the owner's list into another; the new list, once it is on the disk. Entries keep their order. */
  change(owner, decide) {
    return new Promise((resolve, reject) => {
      const step = this.db.transaction("queue", "readwrite", { durability: "strict" });
      const queue = step.objectStore("queue");
      let list = [];
      step.oncomplete = () => resolve(list);
      step.onabort = () => reject(step.error ?? new DOMException("aborted", "AbortError"));
      queue.index("owner").getAll(owner).onsuccess = ({ target }) => {
        const before = target.result;
        list = decide(before).map((entry) => (entry.owner === owner ? entry : { ...entry, owner }));
        const stay = new Set(list.map((entry) => entry.n));
        for (const entry of before) if (!stay.has(entry.n)) queue.delete(entry.n);
        list.forEach((entry, at) => {
          if (entry.n === undefined)
            queue.add(entry).onsuccess = (added) => (list[at] = { ...entry, n: added.target.result });
          else if (!before.includes(entry)) queue.put(entry);
        });
      };
    });
  }

  /** The access link's token: localStorage alone reaches the disk seconds later, and a flat battery does not wait. */
  async token(given) {
    const step = this.db.transaction("device", given ? "readwrite" : "readonly", { durability: "strict" });
    if (!given) return (await done(step.objectStore("device").get("token"))) ?? null;
    step.objectStore("device").put(given, "token");
    await new Promise((resolve) => {
      step.oncomplete = resolve;
      step.onabort = resolve;
    });
    return given;
  }

  /** How many entries there are of each judge. */
  async owners() {
    const found = {};
    for (const entry of await done(this.db.transaction("queue").objectStore("queue").getAll()))
      found[entry.owner] = (found[entry.owner] ?? 0) + 1;
    return found;
  }

  /** The judge's last sheet of a competition, or the list of competitions under the empty name. */
  async sheet(owner, competition) {
    return (await done(this.db.transaction("sheets").objectStore("sheets").get([owner, competition])))?.body ?? null;
  }

  async keepSheet(owner, competition, body) {
    const sheets = this.db.transaction("sheets", "readwrite").objectStore("sheets");
    await done(sheets.put({ owner, competition, body, at: new Date().toISOString() }));
  }

  /** Throw away sheets of judges who have nothing on the way: a tablet that is handed on keeps nobody's hidden scores. */
  async forgetSheets(keep) {
    const sheets = this.db.transaction("sheets", "readwrite").objectStore("sheets");
    for (const key of await done(sheets.getAllKeys())) if (!keep.has(key[0])) sheets.delete(key);
  }
}

/** Where a browser keeps nothing: the same, in memory. The page says that closing it loses what was not sent. */
export class Fleeting {
  constructor(lists = {}) {
    Object.assign(this, { lists, sheets: {}, lasts: false, n: 2 ** 40 });
  }

  async change(owner, decide) {
    const list = decide(this.lists[owner] ?? []);
    this.lists[owner] = list.map((entry) => ({ ...entry, owner, n: entry.n ?? (this.n += 1) }));
    return this.lists[owner];
  }

  async token(given) {
    return given ?? null;
  }

  async owners() {
    return Object.fromEntries(Object.entries(this.lists).map(([owner, list]) => [owner, list.length]));
  }

  async sheet(owner, competition) {
    return this.sheets[`${owner} ${competition}`] ?? null;
  }

  async keepSheet(owner, competition, body) {
    this.sheets[`${owner} ${competition}`] = body;
  }

  async forgetSheets() {
    /* nothing here outlives the page */
  }
}
