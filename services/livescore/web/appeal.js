/* Appeals: filing one in writing while there is time, and what became of those that were filed.
 *
 * The id of an appeal is made here and kept, with what was typed, until the service has answered: pressing twice, a
 * reload or a lost answer never files it twice, and nothing typed is lost. The countdown goes by the service's clock.
 */

import { el, newId, put, write } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { complete, field, select, showFaults } from "/shared/fields.js";
import { call } from "/shared/http.js";
import { moment, pick, said, t } from "/shared/i18n.js";
import { putRight } from "./clock.js";
import { left, spoken } from "./countdown.js";

const LEAST = 20;
const MOST = 1000;
let built = null; // what the form was built for: it is left alone while somebody types
let ticking = 0;

export function appealForm(place, one, { token, mayFile, after }) {
  const open = one.appeals_until && left(one.appeals_until) > 0;
  const key = JSON.stringify([t("title"), one.of.competition, one.competitor.id, one.appeals_until, Boolean(open)]);
  if (key === built && place.firstChild) return;
  built = key;
  clearInterval(ticking);
  put(place);
  if (!one.appeals_until) return;
  const until = moment(one.appeals_until);
  if (!open) {
    const over = el("p", {}, t("appeal.over", { time: until }));
    put(place, el("section", { class: "card" }, el("h2", {}, t("appeal")), over));
    return;
  }
  const rest = el("strong", { class: "digits" });
  const tick = () => {
    const seconds = left(one.appeals_until);
    write(rest, seconds > 0 ? spoken(seconds) : "");
    if (seconds <= 0) {
      built = null;
      appealForm(place, one, { token, mayFile, after });
    }
  };
  tick();
  ticking = setInterval(tick, 1000);
  put(
    place,
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("appeal")),
      el("p", {}, t("appeal.how")),
      el(
        "p",
        { class: "countdown" },
        t("appeal.left"),
        " ",
        rest,
        " ",
        el("span", { class: "soft" }, t("appeal.until", { time: until })),
      ),
      mayFile ? form(one, token, after) : el("p", {}, t("appeal.trainer")),
    ),
  );
}

function form(one, token, after) {
  const drafts = `showcase.mine.appeal.${one.of.competition}.${one.competitor.id}`;
  const draft = JSON.parse(sessionStorage.getItem(drafts) ?? "null") ?? { id: newId(), form: "", text: "" };
  const keep = () => sessionStorage.setItem(drafts, JSON.stringify(draft));
  const button = el("button", { class: "main" }, t("appeal.send"));
  const trouble = el("div", { role: "alert" });
  const text = el("textarea", {
    name: "text",
    required: true,
    minlength: LEAST,
    maxlength: MOST,
    rows: 6,
    value: draft.text,
  });
  const node = el(
    "form",
    { novalidate: true, onsubmit: send },
    select(
      "form",
      t("appeal.form"),
      [["", t("appeal.whole")], ...one.of.forms.map((part) => [part.id, `${part.id} ${pick(part.name)}`])],
      draft.form,
    ),
    field(text, t("appeal.text"), t("appeal.text.hint", { least: LEAST, most: MOST })),
    trouble,
    button,
  );
  node.addEventListener("input", () => {
    // Other words are another appeal: the old id may have been taken already.
    Object.assign(draft, { id: newId(), done_at: null, form: node.elements.form.value, text: text.value });
    keep();
  });
  async function send(event) {
    event.preventDefault();
    put(trouble);
    if (!complete(node)) return;
    if (!(await ask(t("appeal.sure"), t("appeal.sure.more"), { yes: t("appeal.send") }))) return;
    button.disabled = true;
    draft.done_at ??= putRight(new Date().toISOString()); // the same when it is sent again
    keep();
    const json = {
      act: "file-appeal",
      id: draft.id,
      done_at: draft.done_at,
      competitor: one.competitor.id,
      text: draft.text.trim(),
      ...(draft.form && { form: draft.form }),
    };
    const path = `/api/livescore/competitions/${encodeURIComponent(one.of.competition)}/acts`;
    try {
      await call("POST", path, { token, json, again: 3 });
      sessionStorage.removeItem(drafts);
      built = null;
      await after();
    } catch (problem) {
      const rest = showFaults(node, problem);
      put(
        trouble,
        el("div", { class: "say bad" }, el("p", {}, problem.words), rest.map((item) => el("p", {}, item.detail))),
      );
    } finally {
      button.disabled = false;
    }
  }
  return node;
}

const TONE = { upheld: "good", partly_upheld: "good", rejected: "bad", closed: "" };

export const appealList = (appeals, forms) =>
  appeals.length > 0 &&
  el(
    "section",
    { class: "card" },
    el("h2", {}, t("appeals")),
    appeals.map((one) =>
      el(
        "article",
        { class: "appeal" },
        el(
          "h3",
          {},
          one.form ? [`${one.form} `, said(forms.find((part) => part.id === one.form)?.name)] : t("appeal.whole"),
          " ",
          el("span", { class: `tag ${TONE[one.state] ?? "warm"}` }, t(`appeal.state.${one.state}`)),
        ),
        el("blockquote", { dir: "auto" }, one.text),
        el(
          "ol",
          { class: "steps" },
          el("li", {}, el("span", { class: "soft" }, moment(one.filed_at)), " ", t("appeal.state.submitted")),
          one.steps.map((step) =>
            el(
              "li",
              {},
              el("span", { class: "soft" }, moment(step.at)),
              " ",
              t(`appeal.state.${step.state}`),
              step.text && el("blockquote", { dir: "auto" }, step.text),
            ),
          ),
        ),
      ),
    ),
  );
