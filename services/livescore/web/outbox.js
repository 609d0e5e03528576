/* Marks on their way: kept on this device until the service has answered, sent in the order they were given.
 *
 * A mark gets its id when the button is pressed, so however often it is sent it counts once. No answer, 401, 429 and 5xx
 * mean "send again later"; every other 4xx is final, and the mark is set aside with the reason for the judge to see.
 * A correction of a mark that is still unsent waits for that mark's seq, which it then names as `saw`.
 *
 * Storage is read anew before every step, because a second tab may work on the same list; sending twice does no harm.
 */

import { call } from "/shared/http.js";

export class Outbox {
  constructor(key, token, { onReceipt, onChange }) {
    Object.assign(this, { key, token, onReceipt, onChange, running: false, turn: 0, trouble: null, timer: 0 });
    addEventListener("online", () => this.send());
    addEventListener("storage", (event) => {
      if (event.key === key) onChange();
    });
  }

  get all() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return [];
    }
  }

  keep(entries) {
    localStorage.setItem(this.key, JSON.stringify(entries));
    this.onChange();
  }

  get unsent() {
    return this.all.filter((entry) => !entry.refused);
  }

  /** The newest mark of a cell that is on its way or was set aside. */
  of(competition, competitor, aspect) {
    return this.all.findLast(
      (entry) =>
        entry.competition === competition && entry.mark.competitor === competitor && entry.mark.aspect === aspect,
    );
  }

  add(competition, mark) {
    const earlier = this.of(competition, mark.competitor, mark.aspect);
    const rest = this.all.filter((entry) => !(entry.refused && entry.mark.id === earlier?.mark.id));
    const follows = earlier && !earlier.refused ? earlier.mark.id : null;
    this.keep([...rest, { competition, mark, follows }]);
    this.turn = 0;
    this.send();
  }

  /** Forget a mark that was set aside. */
  drop(id) {
    this.keep(this.all.filter((entry) => entry.mark.id !== id));
  }

  async send() {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      for (let entry = this.unsent[0]; entry; entry = this.unsent[0]) await this.sendOne(entry);
      this.trouble = null;
      this.turn = 0;
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

  async sendOne({ competition, mark }) {
    try {
      const { body } = await call("POST", `/api/livescore/competitions/${encodeURIComponent(competition)}/marks`, {
        token: this.token,
        json: mark,
      });
      this.onReceipt(competition, mark, body);
      this.keep(
        this.all
          .filter((entry) => entry.mark.id !== mark.id)
          .map((entry) =>
            entry.follows === mark.id ? { ...entry, follows: null, mark: { ...entry.mark, saw: body.seq } } : entry,
          ),
      );
    } catch (problem) {
      const final =
        problem.status >= 400 &&
        problem.status < 500 &&
        ![401, 429].includes(problem.status) &&
        problem.code !== "busy";
      if (!final) throw problem;
      const refused = {
        code: problem.code,
        status: problem.status,
        message: problem.message,
        faults: problem.faults,
        current: problem.body.current ?? null,
      };
      this.keep(
        this.all.map((entry) =>
          entry.mark.id === mark.id
            ? { ...entry, refused }
            : entry.follows === mark.id
              ? { ...entry, follows: null }
              : entry,
        ),
      );
    }
  }
}
