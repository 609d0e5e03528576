/* Sending what is on its way: in order, one at a time, by one tab at a time, as long as it takes.
 *
 * Everything has an id made here, so however often it is sent it counts once. No answer, 401, 429 and 5xx mean "again
 * later"; every other 4xx of the service is final, and the entry is set aside with the reason for the judge to see. What
 * is not the service's own answer, such as the page with which a hotel's network asks for a room number, is no answer.
 * Each judge has an own list: with another judge's link on the same device nothing of it is sent, and it goes on when the
 * first link is back.
 *
 * Tabs tell each other of changes, and a lock lets one of them send. Browsers offer no lock on plain http; then two tabs
 * may send the same entry twice, which its id makes harmless.
 */

import { call, Problem } from "/shared/http.js";
import { accepted, justification, newest, next, refused, takenBack, tried, unsent, without, withEntry } from "./queue.js";
import { Fleeting } from "./store.js";

const now = () => new Date().toISOString();

export class Outbox {
  /** `onReceipt` is awaited before an entry leaves the list, so that a sheet shows it before the list forgets it. */
  constructor(store, owner, token, { onReceipt, onChange, onAnswer }) {
    Object.assign(this, { store, owner, token, onReceipt, onChange, onAnswer });
    Object.assign(this, { list: [], others: 0, running: false, turn: 0, trouble: null, timer: 0 });
    addEventListener("online", () => this.send());
    this.tabs = new BroadcastChannel("showcase.judge.queue");
    this.tabs.onmessage = ({ data }) => {
      if (data.owner !== owner) return;
      if (data.receipt) onReceipt(data.entry, data.receipt, true);
      this.read();
    };
  }

  get unsent() {
    return unsent(this.list);
  }

  of = (competition, competitor, aspect) => newest(this.list, competition, competitor, aspect);

  justification = (competition, competitor, aspect) => justification(this.list, competition, competitor, aspect);

  /** See what another tab, or an earlier page, has left. */
  async read() {
    await this.change((list) => list, true);
    const owners = await this.store.owners();
    this.others = Object.keys(owners).reduce((sum, one) => sum + (one === this.owner ? 0 : owners[one]), 0);
    this.onChange();
  }

  async change(decide, quiet = false) {
    this.list = await this.store.change(this.owner, decide);
    if (!quiet) this.tabs.postMessage({ owner: this.owner });
    this.onChange();
  }

  /** Keep one, in place of another where `instead` names it. When this returns it is on the disk, or `lasts` says not. */
  async add(entry, instead = null) {
    const decide = (list) => withEntry(instead ? without(list, instead) : list, { ...entry, kept_at: now() });
    try {
      await this.change(decide);
    } catch {
      // No room, or the storage has gone: what cannot be kept is at least sent, and the page says so.
      this.store = new Fleeting({ [this.owner]: this.list });
      await this.change(decide);
    }
    this.turn = 0;
    this.send();
  }

  /** Forget one that was set aside. */
  drop = (id) => this.change((list) => without(list, id));

  /** Take one back before it has left this device; false when it may have left already. */
  async takeBack(id) {
    await this.change((list) => takenBack(list, id));
    return !this.list.some((entry) => entry.id === id);
  }

  /** Send what there is; comes back at once when this or another tab is at it already. */
  async send() {
    if (this.running || !this.token) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      await alone(`showcase.judge.send.${this.owner}`, async () => {
        await this.read();
        for (let entry = next(this.list); entry; entry = next(this.list)) await this.sendOne(entry);
        this.trouble = null;
        this.turn = 0;
      });
    } catch (problem) {
      this.trouble = problem;
      this.turn += 1;
      const wait = Math.max((problem.retryAfter ?? 0) * 1000, Math.min(15000, 500 * 2 ** this.turn));
      this.timer = setTimeout(() => this.send(), wait * (0.75 + Math.random() / 2));
    } finally {
      this.running = false;
      this.onChange();
    }
  }

  async sendOne({ id }) {
    await this.change((list) => tried(list, id, now()), true);
    const entry = this.list.find((one) => one.id === id);
    if (!entry) return; // taken back in this moment
    try {
      const answer = await call("POST", entry.path, { token: this.token, json: entry.body });
      if (answer.body?.id !== id) throw new Problem(0);
      this.onAnswer(answer);
      await this.onReceipt(entry, answer.body, false);
      await this.change((list) => accepted(list, id, answer.body.seq));
      this.tabs.postMessage({ owner: this.owner, entry, receipt: answer.body });
    } catch (problem) {
      if (!isFinal(problem)) throw problem;
      const { code, status, message, faults } = problem;
      await this.change((list) =>
        refused(list, id, { code, status, message, faults, current: problem.body.current ?? null, at: now() }),
      );
    }
  }
}

const isFinal = ({ status, body }) =>
  status >= 400 && status < 500 && ![401, 429].includes(status) && Boolean(body.code) && body.code !== "busy";

/** Run it in one tab only; not at all while another one does. */
async function alone(name, run) {
  if (!navigator.locks) return run();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && run());
}
