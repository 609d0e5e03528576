/* Doing something: one door for all acts, with an id made here so that a lost answer is asked for again and nothing is
 * done twice. What can be taken back says so for a while; what cannot is asked about before, by whoever calls.
 */

import { byId, el, newId, put } from "/shared/dom.js";
import { call } from "/shared/http.js";
import { has, t } from "/shared/i18n.js";

const TOLD_MS = 12000;

export class Acts {
  #token;
  #base;
  #onDone;
  #timer = 0;

  constructor({ token, base, onDone }) {
    this.#token = token;
    this.#base = base;
    this.#onDone = onDone;
  }

  /** Send an act; true when it is recorded. `undo` is another act that takes it back, offered for some seconds. */
  async send(act, fields, { undo } = {}) {
    const json = { ...fields, act, id: newId(), done_at: new Date().toISOString() };
    try {
      const { body } = await call("POST", `${this.#base()}/acts`, { token: this.#token, json, again: 3 });
      const proposed = body.events.includes("livescore.proposed.v1");
      this.#tell("good", t(proposed ? "done.proposed" : "done"), undo && (() => this.send(undo.act, undo.fields)));
      await this.#onDone();
      return true;
    } catch (problem) {
      this.refused(problem);
      await this.#onDone();
      return false;
    }
  }

  /** Several acts one after the other, told of once; stops at the first that is refused. */
  async sendAll(acts) {
    for (const [act, fields] of acts) if (!(await this.send(act, fields))) return false;
    return true;
  }

  /** Say why something was refused. */
  refused(problem) {
    this.#tell("bad", wordsOf(problem));
  }

  #tell(tone, words, undo) {
    clearTimeout(this.#timer);
    const close = () => put(byId("told"));
    put(
      byId("told"),
      el(
        "div",
        { class: `say ${tone}` },
        el("p", {}, words),
        undo && el("button", { onclick: undo, "data-undo": true }, t("undo")),
        el("button", { class: "quiet", onclick: close, "aria-label": t("close") }, "✕"),
      ),
    );
    if (tone === "good") this.#timer = setTimeout(close, TOLD_MS);
  }
}

/** What was refused, in the page's words where it has some, with what is wrong in particular. */
function wordsOf(problem) {
  if (has(`error.${problem.code}`)) return t(`error.${problem.code}`, problem.body);
  const details = problem.faults.map((one) => one.detail).filter((one) => one !== problem.message);
  return [problem.words, ...details.slice(0, 6)].join(" · ");
}
