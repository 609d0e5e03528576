/* What the public sees and when: board mode, release by form, delay, freeze, and showing sheets to competitors. */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { said, t } from "/shared/i18n.js";
import { shown } from "./chief-shown.js";
import { when } from "./chief-words.js";

const MODES = ["progress", "rank", "marks"];
const WHENS = ["withheld", "at_once", "verified", "signed", "locked"];

export function drawPublic(desk) {
  const { view } = desk.at;
  const { release } = view;
  const forms = view.forms.map((one) => [one.id, one.name, one.release]);
  desk.anew("part", ["public", release, forms, view.final, view.competitors, view.rules.appeal_window_minutes], () => [
    el("section", { class: "card" }, el("h2", {}, t("mode")), modes(desk), el("h3", {}, t("delay")), delay(desk)),
    el("section", { class: "card" }, el("h2", {}, t("freeze")), freeze(desk)),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("release")),
      el("p", { class: "hint" }, t("release.more")),
      releases(desk),
    ),
    shown(desk),
  ]);
}

/** One of several, as buttons; pressing another one sends it at once, and can be undone. */
const choice = (name, options, value, words, onchoose) =>
  el(
    "div",
    { class: "row", role: "group", "aria-label": t(name) },
    options.map((one) =>
      el(
        "button",
        {
          "aria-pressed": one === value ? "true" : "false",
          "data-key": `${name}-${one}`,
          onclick: () => one !== value && onchoose(one),
        },
        words(one),
      ),
    ),
  );

function modes(desk) {
  const { mode, frozen } = desk.at.view.release;
  const send = (next) =>
    desk.acts.send("set-board-mode", { mode: next }, { undo: { act: "set-board-mode", fields: { mode } } });
  return [
    choice("mode", MODES, mode, (one) => t(`board.${one}`), send),
    el("p", { class: "hint" }, t(`board.${mode}.more`)),
    frozen && el("p", { class: "hint" }, t("mode.frozen")),
  ];
}

function delay(desk) {
  const { delay_seconds: seconds } = desk.at.view.release;
  const send = (event) => {
    event.preventDefault();
    const next = Number(event.target.elements.seconds.value);
    if (next !== seconds)
      desk.acts.send("set-delay", { seconds: next }, { undo: { act: "set-delay", fields: { seconds } } });
  };
  return el(
    "form",
    { class: "row", onsubmit: send },
    el(
      "label",
      { class: "inline" },
      t("delay.seconds"),
      " ",
      el("input", {
        type: "number",
        name: "seconds",
        min: 0,
        max: 3600,
        required: true,
        value: seconds,
        "data-key": "delay",
      }),
    ),
    el("button", {}, t("save")),
  );
}

function freeze(desk) {
  const { frozen, frozen_at: since, freeze_at: planned } = desk.at.view.release;
  if (frozen)
    return [
      el("p", { class: "say warm" }, `${t("frozen")} ${when(since)}`),
      el("button", { "data-key": "thaw", onclick: () => thaw(desk) }, t("thaw")),
    ];
  const plan = (event) => {
    event.preventDefault();
    const at = new Date(event.target.elements.at.value);
    if (!Number.isNaN(at.getTime()))
      desk.acts.send(
        "plan-freeze",
        { at: at.toISOString() },
        { undo: { act: "plan-freeze", fields: { at: planned } } },
      );
  };
  return [
    planned &&
      el(
        "p",
        { class: "say" },
        `${t("freeze.planned")} ${new Date(planned).toLocaleString(document.documentElement.lang)}`,
      ),
    el(
      "div",
      { class: "row" },
      el(
        "button",
        {
          class: "main",
          "data-key": "freeze",
          onclick: () => desk.acts.send("freeze", {}, { undo: { act: "thaw", fields: {} } }),
        },
        t("freeze.now"),
      ),
      planned &&
        el(
          "button",
          {
            "data-key": "unplan",
            onclick: () =>
              desk.acts.send("plan-freeze", { at: null }, { undo: { act: "plan-freeze", fields: { at: planned } } }),
          },
          t("freeze.unplan"),
        ),
    ),
    el(
      "form",
      { class: "row", onsubmit: plan },
      el(
        "label",
        { class: "inline" },
        t("freeze.at"),
        " ",
        el("input", { type: "datetime-local", name: "at", required: true }),
      ),
      el("button", {}, t("freeze.plan")),
    ),
  ];
}

async function thaw(desk) {
  if (await ask(t("thaw"), t("thaw.more"), { yes: t("thaw"), bad: true })) await desk.acts.send("thaw", {});
}

function releases(desk) {
  const { forms } = desk.at.view;
  const options = (value) =>
    WHENS.map((one) => el("option", { value: one, selected: one === value }, t(`when.${one}`)));
  const send = (ids, next, before) =>
    desk.acts.send(
      "release-forms",
      { forms: ids, when: next },
      before && { undo: { act: "release-forms", fields: { forms: ids, when: before } } },
    );
  const all = new Set(forms.map((one) => one.release)).size === 1 ? forms[0]?.release : null;
  return el(
    "table",
    { class: "plain" },
    el(
      "tbody",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "row" }, t("release.all")),
        el(
          "td",
          {},
          el(
            "select",
            {
              "aria-label": t("release.all"),
              "data-key": "release-all",
              onchange: (event) =>
                event.target.value &&
                send(
                  forms.map((one) => one.id),
                  event.target.value,
                  all,
                ),
            },
            !all && el("option", { value: "", selected: true }, t("release.mixed")),
            options(all),
          ),
        ),
      ),
      forms.map((one) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, `${one.id} `, said(one.name)),
          el(
            "td",
            {},
            el(
              "select",
              {
                "aria-label": one.id,
                "data-key": `release-${one.id}`,
                onchange: (event) => send([one.id], event.target.value, one.release),
              },
              options(one.release),
            ),
          ),
        ),
      ),
    ),
  );
}
