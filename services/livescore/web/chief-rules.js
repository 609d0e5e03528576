/* What the rule book leaves to the organiser, all of it in one form that is sent as a whole; it stands once the result is
 * final. Times are typed in the zone of this device. A field left as it is keeps its value to the second.
 */

import { el } from "/shared/dom.js";
import { input, keep, restore, select, tick } from "/shared/fields.js";
import { here, pick, t } from "/shared/i18n.js";

const CHOICES = {
  rounding: ["exact", "aspect_2dp"],
  medal_unit: ["marks", "scale"],
  bronze_after_tied_silver: ["none", "within_band"],
  scale_method: ["sd", "mad"],
  scale_column: ["blank", "approximation"],
  member_suffix: ["none", "bib"],
};
const NUMBERS = { min_justification: [1, 500], max_rounds: [1, 9], appeal_window_minutes: [0, 10080] };
const DECIMALS = {
  dual_tolerance: "[0-9]{1,9}(\\.[0-9]{1,6})?",
  medal_band: "[0-9]{1,3}(\\.[0-9]{1,2})?",
};
const SWITCHES = ["small_field", "acceptance_required"];
const TARGET = "[0-9]{1,3}(\\.[0-9]{1,2})?";
const GROUPS = {
  marking: ["rounding", "min_justification", "max_rounds", "dual_tolerance", "acceptance_required"],
  medals: ["medal_unit", "medal_band", "bronze_after_tied_silver", "small_field"],
  files: ["scale_method", "scale_column", "member_suffix", "skill_number"],
  times: ["appeal_window_minutes", "starts_at", "allotted_minutes"],
};

export function drawRules(desk) {
  const { rules, default_rules: usual, final, forms } = desk.at.view;
  const names = forms.map((one) => [one.criterion, one.name]);
  desk.anew("part", ["rules", rules, usual, final !== null, names], () => {
    const of = JSON.stringify([desk.at.competition, rules]);
    const before = document.querySelector("form.rules");
    const form = sheetOf(desk, of);
    if (before?.dataset.of === of) restore(form, keep(before)); // another language, or another form's name
    return el("section", { class: "card" }, el("h2", {}, t("rules")), el("p", { class: "hint" }, t("rules.more")), form);
  });
}

function sheetOf(desk, of) {
  const { rules, final } = desk.at.view;
  return el(
    "form",
    { class: "rules", "data-of": of, onsubmit: (event) => save(event, desk) },
    final && el("p", { class: "say" }, t("rules.final")),
    el(
      "fieldset",
      { disabled: final !== null },
      Object.entries(GROUPS).map(([group, names]) => part(group, names.map((name) => control(desk.at.view, name)))),
      part("targets", targets(desk.at.view, rules.targets)),
      !final && el("button", { class: "main", "data-key": "rules-save" }, t("rules.save")),
    ),
  );
}

const part = (group, fields) =>
  el("fieldset", { class: "group" }, el("legend", {}, t(`rules.${group}`)), el("div", { class: "pair" }, fields));

function control(view, name) {
  const { rules, default_rules: usual } = view;
  const label = t(`rule.${name}`);
  const more = t(`rule.${name}.more`, { zone: here });
  const hint = (value) => t("rule.default", { more, value });
  const none = t("rule.nothing");
  if (CHOICES[name]) {
    const options = CHOICES[name].map((one) => [one, t(`rule.${name}.${one}`)]);
    return select(name, label, options, rules[name], hint(t(`rule.${name}.${usual[name]}`)));
  }
  if (NUMBERS[name]) {
    const [min, max] = NUMBERS[name];
    return input(name, label, { type: "number", min, max, step: 1, required: true, value: rules[name] }, hint(usual[name]));
  }
  if (DECIMALS[name]) {
    const props = { inputmode: "decimal", required: true, pattern: DECIMALS[name], title: t("rule.decimal"), value: rules[name] };
    return input(name, label, props, hint(usual[name]));
  }
  if (SWITCHES.includes(name)) return tick(name, label, hint(t("rule.on")), { checked: rules[name] });
  if (name === "skill_number") return input(name, label, { maxlength: 20, value: rules.skill_number }, hint(none));
  if (name === "starts_at")
    return input(name, label, { type: "datetime-local", value: localOf(rules.starts_at) }, hint(none));
  const value = minutesOf(rules.allotted_seconds);
  return input(name, label, { type: "number", min: 1, max: 43200, step: "any", value }, hint(none));
}

function targets(view, now) {
  const criteria = [...new Set([...view.forms.map((one) => one.criterion), ...Object.keys(now)])];
  if (criteria.length === 0) return el("p", { class: "hint" }, t("noscheme"));
  return criteria.map((id) => {
    const forms = view.forms.filter((one) => one.criterion === id).map((one) => `${one.id} ${pick(one.name)}`);
    const more = [t("rule.target.more"), forms.join(" · ")].filter(Boolean).join(" – ") + t("list.end");
    const props = { inputmode: "decimal", pattern: TARGET, title: t("rule.decimal"), value: now[id] ?? "", "data-target": id };
    return input("target", t("rule.target", { id }), props, t("rule.default", { more, value: t("rule.nothing") }));
  });
}

async function save(event, desk) {
  event.preventDefault();
  const before = desk.at.view.rules;
  const rules = rulesOf(event.target, before);
  event.submitter?.focus(); // what is shown anew waits for a field that has the focus
  await desk.acts.send("set-rules", { rules }, { undo: { act: "set-rules", fields: { rules: before } } });
}

function rulesOf(form, before) {
  const value = (name) => form.elements[name].value.trim();
  const texts = [...Object.keys(CHOICES), ...Object.keys(DECIMALS), "skill_number"];
  const start = value("starts_at");
  const minutes = value("allotted_minutes");
  const goals = [...form.querySelectorAll("[data-target]")].filter((one) => one.value.trim());
  return {
    ...Object.fromEntries(texts.map((name) => [name, value(name)])),
    ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, Number(value(name))])),
    ...Object.fromEntries(SWITCHES.map((name) => [name, form.elements[name].checked])),
    starts_at: start === localOf(before.starts_at) ? before.starts_at : start ? new Date(start).toISOString() : null,
    allotted_seconds:
      minutes === String(minutesOf(before.allotted_seconds)) ? before.allotted_seconds : Math.round(minutes * 60) || null,
    targets: Object.fromEntries(goals.map((one) => [one.dataset.target, one.value.trim()])),
  };
}

/** As a field for local date and time holds it, "2026-11-20T09:00"; "" for none. */
function localOf(instant) {
  if (!instant) return "";
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

const minutesOf = (seconds) => (seconds === null ? "" : Number((seconds / 60).toFixed(2)));
