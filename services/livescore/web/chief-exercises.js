/* Calibration exercises: all judges score the same pieces, and after closing the chief sees how they lie apart. */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { field, input } from "/shared/fields.js";
import { said, t } from "/shared/i18n.js";
import { judge } from "./chief-words.js";

export function exercises(desk) {
  const { view } = desk.at;
  return [
    el("p", { class: "hint" }, t("exercises.more")),
    view.exercises.length === 0 && el("p", { class: "soft" }, t("exercises.none")),
    view.exercises.map((one) => exercise(desk, one)),
    desk.office === "chief" &&
      el("button", { "data-key": "exercise-open", onclick: () => open(desk) }, t("exercise.open")),
  ];
}

function exercise(desk, one) {
  return el(
    "article",
    { class: "item", "data-exercise": one.id },
    el(
      "h3",
      {},
      said(one.title),
      " ",
      el("span", { class: "tag" }, t(one.open ? "exercise.running" : "exercise.closed")),
    ),
    one.open && [
      el(
        "p",
        {},
        one.judges.map((found, at) => [
          at > 0 && " · ",
          judge(desk.at.view, found.judge),
          ` ${found.scores}/${one.of}`,
        ]),
        one.judges.length === 0 && el("span", { class: "soft" }, t("exercise.nobody")),
      ),
      desk.office === "chief" &&
        el("button", { "data-key": `exercise-close-${one.id}`, onclick: () => close(desk, one) }, t("exercise.close")),
    ],
    !one.open && [
      report(desk.at.view, one),
      el("details", {}, el("summary", {}, t("exercise.lines")), lines(desk.at.view, one)),
    ],
  );
}

const columns = (...names) =>
  el(
    "thead",
    {},
    el(
      "tr",
      {},
      names.map((name) => el("th", { scope: "col" }, t(name))),
    ),
  );
const figure = (value) => el("td", { class: "digits" }, value ?? "–");

function report(view, one) {
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      columns("judge", "exercise.others", "exercise.reference", "exercise.widest"),
      el(
        "tbody",
        {},
        one.judges.map((found) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, judge(view, found.judge)),
            figure(found.from_others),
            figure(found.from_reference),
            figure(found.widest),
          ),
        ),
      ),
    ),
  );
}

function lines(view, one) {
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      columns("exercise.piece", "exercise.scores", "exercise.spread", "exercise.reference"),
      el(
        "tbody",
        {},
        one.lines.map((line) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, said(line.title), ` · ${line.aspect}`),
            el(
              "td",
              {},
              Object.entries(line.scores).map(([who, score], at) => [
                at > 0 && " · ",
                judge(view, who),
                el("b", { class: "digits" }, `: ${score}`),
              ]),
            ),
            figure(line.spread),
            figure(line.reference),
          ),
        ),
      ),
    ),
  );
}

async function close(desk, one) {
  if (await ask(t("exercise.close"), t("exercise.close.more"), { yes: t("exercise.close") }))
    await desk.acts.send("close-exercise", { exercise: one.id });
}

async function open(desk) {
  const judged = desk.at.view.forms.flatMap((form) => form.aspects).filter((one) => one.type === "J");
  const given = await ask(t("exercise.open"), t("exercise.open.more"), {
    yes: t("exercise.open"),
    fields: [
      input("title", t("exercise.title"), { required: true, maxlength: 100 }),
      input(
        "aspects",
        t("aspects"),
        { required: true, value: judged.map((one) => one.id).join(" ") },
        t("exercise.aspects.more"),
      ),
      field(el("textarea", { name: "pieces", required: true }), t("exercise.pieces"), t("exercise.pieces.more")),
    ],
  });
  if (!given?.pieces) return;
  const titles = given.pieces
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
  await desk.acts.send("open-exercise", {
    title: { en: given.title, zh: given.title },
    aspects: given.aspects.split(/[\s,，]+/).filter(Boolean),
    pieces: titles.map((title, at) => ({ id: `piece-${at + 1}`, title: { en: title, zh: title } })),
  });
}
