/* Outages with their remedies (R74 to R77) and appeals (R79 to R82): what was decided, and what can be decided next. */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { field, input, select } from "/shared/fields.js";
import { moment, pick, t } from "/shared/i18n.js";
import { departureWords } from "./chief-medals.js";
import { askReason } from "./chief-sheet.js";
import { bibOf, judge, judgeLabel, person, sheetName } from "./chief-words.js";

const DECISIONS = new Set(["upheld", "partly_upheld", "rejected"]);

/** What somebody proposes, in words. */
export function proposalWords(view, act) {
  switch (act.act) {
    case "reopen-sheet":
      return `${t("act.reopen-sheet")} ${sheetName(view, act.form, act.competitor)} (${t(`code.${act.code}`)}): ${act.reason}`;
    case "record-outage":
      return `${t("act.record-outage")} – ${remedyWords(view, act.remedy)}: ${act.reason}`;
    case "name-panel":
      return panelWords(view, act);
    case "set-ranking":
      return `${t(act.ranked ? "ranking.start" : "ranking.stop")}: ${act.reason}`;
    case "depart-medals":
      return `${t("act.depart-medals")} – ${departureWords(view, act.medals)}: ${act.reason}`;
    default:
      return `${t(`act.${act.act}`)}${act.reason ? `: ${act.reason}` : ""}`;
  }
}

function panelWords(view, act) {
  const what = act.competitor ? sheetName(view, act.form, act.competitor) : `${act.form} (${t(`mode.${act.mode}`)})`;
  const who = act.judges.map((one) => judgeLabel(view, one)).join(", ");
  return `${t("act.name-panel")} ${what} – ${who}${act.reason ? `: ${act.reason}` : ""}`;
}

function remedyWords(view, remedy) {
  if (remedy.kind === "time_back")
    return t("remedy.time_back.said", { bib: bibOf(view, remedy.competitor), n: remedy.seconds });
  if (remedy.kind === "full_marks") return t("remedy.full_marks.said", { list: remedy.aspects.join(", ") });
  return t("remedy.removed_interval.said", { span: moment(remedy.start, remedy.end) });
}

export function drawCases(desk) {
  const { view } = desk.at;
  desk.anew("part", ["cases", view.appeals, view.outages, view.competitors, view.judges], () => [
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("appeals")),
      view.appeals.length === 0 && el("p", { class: "soft" }, t("appeals.none")),
      view.appeals.map((one) => appeal(desk, one)),
    ),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("outages")),
      el("p", { class: "hint" }, t("outages.more")),
      deadlines(view),
      view.outages.map((one) => outage(desk, one)),
      el(
        "div",
        { class: "row" },
        ["time_back", "full_marks", "removed_interval"].map((kind) =>
          el("button", { "data-key": `outage-${kind}`, onclick: () => record(desk, kind) }, t(`remedy.${kind}`)),
        ),
      ),
    ),
  ]);
}

function appeal(desk, one) {
  const { view } = desk.at;
  return el(
    "article",
    { class: "item", "data-appeal": one.id },
    el(
      "p",
      {},
      el("span", { class: "tag" }, t(`appeal.${one.state}`)),
      " ",
      person(view, one.competitor),
      one.form && ` · ${one.form}`,
      el("span", { class: "soft" }, ` · ${moment(one.filed_at)}`),
    ),
    el("blockquote", {}, one.text),
    one.said.map((said) =>
      el("p", { class: "soft" }, `${t(`appeal.${said.state}`)} · ${moment(said.at)}`, said.text && `: ${said.text}`),
    ),
    one.next.length > 0 &&
      el(
        "div",
        { class: "row" },
        one.next.map((to) =>
          el("button", { "data-key": `${one.id}-${to}`, onclick: () => move(desk, one, to) }, t(`appeal.to.${to}`)),
        ),
      ),
    one.said.some((said) => said.state === "upheld" || said.state === "partly_upheld") &&
      one.form &&
      el("p", { class: "hint" }, t("appeal.upheld.more")),
  );
}

async function move(desk, one, to) {
  const decision = DECISIONS.has(to);
  const text = el("textarea", { name: "text", required: decision, maxlength: 1000 });
  const given = await ask(t(`appeal.to.${to}`), t(decision ? "appeal.decide.more" : "appeal.move.more"), {
    yes: t(`appeal.to.${to}`),
    fields: [field(text, t(decision ? "appeal.text" : "note"))],
  });
  if (given) await desk.acts.send("move-appeal", { appeal: one.id, to, ...(given.text && { text: given.text }) });
}

function outage(desk, one) {
  const { view } = desk.at;
  return el(
    "article",
    { class: "item", "data-outage": one.id },
    el(
      "p",
      {},
      el("b", {}, remedyWords(view, one.remedy)),
      el("span", { class: "soft" }, ` · ${moment(one.at)} · `),
      judge(view, one.proposed_by),
      " + ",
      judge(view, one.approved_by),
    ),
    el("p", { class: "soft" }, one.evidence),
    one.reversed_at
      ? el("p", {}, el("span", { class: "tag" }, t("reversed")), ` ${moment(one.reversed_at)}`)
      : el("button", { "data-key": `reverse-${one.id}`, onclick: () => reverse(desk, one) }, t("reverse")),
  );
}

/** Until when those work who were given time back, and all the others (R77); nothing where no start is named. */
function deadlines(view) {
  const back = view.outages.filter((one) => one.remedy.kind === "time_back" && !one.reversed_at);
  const given = new Set(back.map((one) => one.remedy.competitor));
  const competing = view.competitors.filter((one) => one.deadline && one.status !== "withdrawn");
  const other = competing.find((one) => !given.has(one.id));
  return [
    competing
      .filter((one) => given.has(one.id))
      .map((one) =>
        el(
          "p",
          { class: "item", "data-deadline": one.id },
          person(view, one.id),
          ` · ${t("deadline", { until: moment(one.deadline) })}`,
        ),
      ),
    other && el("p", { class: "item soft" }, t("deadline.others", { until: moment(other.deadline) })),
  ];
}

async function reverse(desk, one) {
  const given = await askReason(t("reverse"), remedyWords(desk.at.view, one.remedy), { yes: t("propose") });
  if (given?.reason) await desk.acts.send("reverse-outage", { outage: one.id, reason: given.reason });
}

async function record(desk, kind) {
  const { view } = desk.at;
  const given = await askReason(t(`remedy.${kind}`), t(`remedy.${kind}.more`), {
    yes: t("propose"),
    fields: remedyFields(view, kind),
  });
  if (!given?.reason) return;
  const remedy = remedyOf(view, kind, given);
  await desk.acts.send("record-outage", { remedy, reason: given.reason });
}

function remedyFields(view, kind) {
  if (kind === "time_back")
    return [
      select(
        "competitor",
        t("competitor"),
        view.competitors.map((one) => [one.id, `${one.bib} ${one.name}`]),
      ),
      input("seconds", t("seconds"), { type: "number", min: 1, max: 86400, required: true }),
    ];
  if (kind === "full_marks")
    return [
      select(
        "what",
        t("aspects"),
        view.forms.flatMap((form) => [
          [form.id, `${form.id} ${pick(form.name)} (${t("aspects.all")})`],
          ...form.aspects.map((one) => [one.id, `  ${one.id} ${pick(one.description)}`]),
        ]),
      ),
    ];
  return ["start", "end"].map((name) =>
    input(name, t(`interval.${name}`), { type: "datetime-local", step: 1, required: true }),
  );
}

function remedyOf(view, kind, given) {
  if (kind === "time_back") return { kind, competitor: given.competitor, seconds: Number(given.seconds) };
  if (kind === "full_marks") {
    const form = view.forms.find((one) => one.id === given.what);
    return { kind, aspects: form ? form.aspects.map((one) => one.id) : [given.what] };
  }
  const [start, end] = [new Date(given.start), new Date(given.end)];
  return { kind, start: start.toISOString(), end: end.toISOString() };
}
