/* Both languages of the forms side by side, and the approval without which a form takes no marks (R11).
 *
 * Only where the competition asks for both languages. What is approved is the version that is read here: the service
 * refuses it when the scheme has been changed since.
 */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { moment, said, t } from "/shared/i18n.js";
import { judge } from "./chief-words.js";

const LANGUAGES = { en: "en", zh: "zh-Hans" };
const NAMES = { en: "English", zh: "中文" };
let read = null; // the scheme as it was fetched last, with its competition
let asking = null;

/** Whether this competition asks for approvals at all. */
export const asksForTexts = (view) => view.forms.some((form) => form.texts);

/** Forms whose texts nobody has approved as they are now. */
export const unapproved = (view) => view.forms.filter((form) => form.texts && !form.texts.approved);

export function drawTexts(desk) {
  const { view } = desk.at;
  load(desk);
  const scheme = known(desk) ? read.scheme : null;
  const ready = unapproved(view).filter((form) => form.texts.lacking.length === 0);
  desk.anew("part", ["texts", view.forms.map((form) => [form.id, form.texts]), view.scheme, Boolean(scheme)], () => [
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("texts")),
      el("p", { class: "hint" }, t("texts.more")),
      scheme &&
        ready.length > 1 &&
        el(
          "button",
          { class: "main", "data-key": "approve-all", onclick: () => approve(desk, ready) },
          t("texts.approve.all", { n: ready.length }),
        ),
      !scheme && el("p", { class: "soft" }, t("loading")),
    ),
    scheme && view.forms.map((form) => card(desk, form, scheme)),
  ]);
}

const known = ({ at }) => read?.competition === at.competition && read.version === at.view.scheme;

async function load(desk) {
  const wanted = `${desk.at.competition} ${desk.at.view.scheme}`;
  if (known(desk) || asking === wanted) return;
  asking = wanted;
  const { competition } = desk.at;
  try {
    read = { competition, ...(await desk.scheme()) };
  } catch {
    return; // the page says already that nobody answers, and asks again with the next view
  } finally {
    asking = null;
  }
  if (desk.at.part === "texts" && known(desk)) desk.draw();
}

function card(desk, form, scheme) {
  const { approved, closed, lacking } = form.texts;
  const criterion = scheme.criteria.find((one) => one.sub_criteria.some(({ id }) => id === form.id));
  const whole = criterion?.sub_criteria.find(({ id }) => id === form.id);
  return el(
    "section",
    { class: "card", "data-texts": form.id },
    el("h3", {}, `${form.id} `, said(form.name)),
    approved
      ? el("p", { class: "say good" }, "✓ ", t("texts.approved", { time: moment(approved.at) }), " ", judge(desk.at.view, approved.by))
      : el("p", { class: "say warm" }, t(closed ? "texts.closed" : "texts.changed")),
    lacking.length > 0 && el("p", { class: "say bad" }, t("texts.lacking", { list: lacking.join(", ") })),
    whole && el("details", { open: !approved }, el("summary", {}, t("texts.read")), beside(criterion, whole)),
    !approved &&
      lacking.length === 0 &&
      el(
        "div",
        { class: "row" },
        el(
          "button",
          { class: "main", "data-key": `approve-${form.id}`, onclick: () => approve(desk, [form]) },
          t("texts.approve", { form: form.id }),
        ),
      ),
  );
}

/** Every text of a form, English on one side and Chinese on the other. */
const beside = (criterion, form) =>
  el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": `${form.id} ${t("texts")}` },
    el(
      "table",
      { class: "plain texts" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("td"),
          Object.entries(LANGUAGES).map(([key, lang]) => el("th", { scope: "col", lang }, NAMES[key])),
        ),
      ),
      el(
        "tbody",
        {},
        row(criterion.id, criterion.name),
        row(form.id, form.name),
        form.aspects.map((aspect) => [
          row(aspect.id, aspect.description),
          (aspect.descriptors ?? []).map((text, score) => row(`${aspect.id} · ${score}`, text)),
          (aspect.measure?.rungs ?? []).map((rung) => row(`${aspect.id} · ${rung.award}`, rung.benchmark)),
          aspect.extra && row(aspect.id, aspect.extra),
          aspect.requirement && row(aspect.id, aspect.requirement),
        ]),
      ),
    ),
  );

const row = (name, text) =>
  el(
    "tr",
    {},
    el("th", { scope: "row", class: "digits" }, name),
    Object.entries(LANGUAGES).map(([key, lang]) =>
      text[key] == null ? el("td", { class: "wrong" }, t("texts.none")) : el("td", { lang }, text[key]),
    ),
  );

async function approve(desk, forms) {
  const version = read.version;
  const list = forms.map((form) => form.id);
  const sure = await ask(t("texts.approve", { form: list.join(", ") }), t("texts.sure"), { yes: t("approve") });
  if (sure) await desk.acts.send("approve-texts", { scheme: version, forms: list });
}
