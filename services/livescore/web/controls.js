/* The control for one aspect, by its pattern. `give` is called with {value} or {score} when the judge has decided. */

import { el, put, write } from "/shared/dom.js";
import { said, t } from "/shared/i18n.js";
import { clock, count, decimal, seconds } from "./reading.js";
import { note } from "./tongues.js";

/** `again` is a new round: its first mark says why, in at least so many characters, unless that was `said` before. */
export function control(aspect, was, give, again = null) {
  const why = again && !again.said && reasonField(aspect, was, again.shortest);
  const told = (given) => give({ ...given, ...(why && why.text() && { justification: why.text() }) });
  return [why?.node, aspect.type === "J" ? scores(aspect, again ? null : was, told) : measured(aspect, was, told)];
}

function reasonField(aspect, was, shortest) {
  const field = el("textarea", { id: `reason-${aspect.id}`, maxlength: 1000, value: was?.justification ?? "" });
  const node = el(
    "div",
    { class: "field" },
    el("label", { for: field.id }, t("reason")),
    field,
    el("p", { class: "hint" }, t("reason.hint", { shortest })),
  );
  return { node, text: () => field.value.trim() };
}

function measured(aspect, was, give) {
  const { measure } = aspect;
  const typed = (parse, props, label, hint) => reading(parse, props, label, hint, was, give);
  switch (measure.pattern) {
    case "full":
      return row(choice("met", was, give), choice("not_met", was, give), skip(was, give));
    case "deduct":
      return measure.unit
        ? typed(decimal, { inputmode: "decimal" }, t("reading"), t("hint.unit", { unit: measure.unit }))
        : counter("errors", was, give);
    case "add":
      return counter("hits", was, give);
    case "tolerance":
      return typed(
        decimal,
        { inputmode: "decimal" },
        t("reading"),
        t("hint.tolerance", { nominal: measure.nominal, tol: measure.tol }),
      );
    case "ladder":
      return ladder(measure, was, give);
    case "time":
      return typed(
        seconds,
        { inputmode: "text", placeholder: "mm:ss", value: isNaN(was?.value) ? "" : clock(was.value) },
        t("time"),
        t("hint.time", { full: clock(measure.t_full), zero: clock(measure.t_zero) }),
      );
    default:
      return typed((text) => text, {}, t("reading"), "");
  }
}

const row = (...parts) => el("div", { class: "control" }, parts);
const pressed = (yes) => (yes ? "true" : "false");
const choice = (value, was, give) =>
  el("button", { "aria-pressed": pressed(was?.value === value), onclick: () => give({ value }) }, t(value));
const skip = (was, give) =>
  el(
    "button",
    {
      class: "quiet",
      "aria-pressed": pressed(was?.value === "not_attempted"),
      onclick: () => give({ value: "not_attempted" }),
    },
    t("not_attempted"),
  );

function counter(kind, was, give) {
  let n = count(was?.value ?? "") === null ? 0 : Number(was.value);
  const field = el("input", { inputmode: "numeric", value: String(n), "aria-label": t(`count.${kind}`) });
  const save = el("button", { class: "main" });
  const show = () => write(save, t(`save.${kind}`, { n }));
  const step = (by) => {
    n = Math.max(0, n + by);
    field.value = String(n);
    show();
  };
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  field.addEventListener("input", () => {
    const typed = count(field.value);
    wrong.hidden = typed !== null;
    save.disabled = typed === null;
    write(wrong, t("wrong.count"));
    if (typed !== null) {
      n = Number(typed);
      show();
    }
  });
  save.addEventListener("click", () => give({ value: String(n) }));
  show();
  return [
    row(
      el("button", { class: "step", "aria-label": t("less"), onclick: () => step(-1) }, "−"),
      field,
      el("button", { class: "step", "aria-label": t("more"), onclick: () => step(1) }, "+"),
      save,
      skip(was, give),
    ),
    wrong,
  ];
}

function reading(parse, props, label, hint, was, give) {
  const field = el("input", {
    autocomplete: "off",
    "aria-label": label,
    value: was?.value && was.value !== "not_attempted" ? was.value : "",
    ...props,
  });
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const save = () => {
    const value = parse(field.value);
    wrong.hidden = value !== null;
    if (value !== null) return give({ value });
    write(wrong, t(parse === seconds ? "wrong.time" : "wrong.decimal"));
    field.focus();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") save();
  });
  return [
    row(field, el("button", { class: "main", onclick: save }, t("save")), skip(was, give)),
    wrong,
    el("p", { class: "hint" }, hint),
  ];
}

const ladder = (measure, was, give) => [
  el(
    "div",
    { class: "ladder" },
    measure.rungs.map((rung) =>
      el(
        "button",
        {
          "aria-pressed": pressed(Number(was?.value) === Number(rung.award) && was?.value != null),
          onclick: () => give({ value: rung.award }),
        },
        el("b", {}, rung.award),
        said(rung.benchmark),
      ),
    ),
  ),
  note(...measure.rungs.map((rung) => rung.benchmark)),
  row(skip(was, give)),
];

/** Judgement: 0 to 3 with the scheme's own words. */
function scores(aspect, was, give) {
  const buttons = [0, 1, 2, 3].map((score) =>
    el(
      "button",
      { "aria-pressed": pressed(was?.score === score), onclick: () => give({ score }) },
      el("b", {}, String(score)),
      aspect.descriptors?.[score] && said(aspect.descriptors[score]),
    ),
  );
  return [put(el("div", { class: "scores" }), buttons), aspect.descriptors && note(...aspect.descriptors)];
}
