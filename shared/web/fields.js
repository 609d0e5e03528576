/* Form fields with their label, hint and place for what is wrong; the same on every working page.
 *
 * `showFaults` puts each error of a problem document beside the field it names and returns what belongs to no field.
 * `keep` and `restore` carry what was typed over a change of language, which builds the form anew.
 */

import { el, write } from "./dom.js";
import { has, t } from "./i18n.js";

let counter = 0;

/** Wrap a control; its `name` is the dotted path of the field in the request. */
export function field(control, label, hint) {
  const id = `field-${(counter += 1)}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    control,
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    el("p", { class: "wrong", id: `${id}-wrong`, hidden: true }),
  );
}

export const input = (name, label, props = {}, hint) =>
  field(el("input", { name, type: "text", ...props }), label, hint);

export const select = (name, label, options, value, hint) =>
  field(
    el(
      "select",
      { name },
      options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)),
    ),
    label,
    hint,
  );

/** A checkbox is named by its label alone; what explains it is its description. */
export function tick(name, label, more, props = {}) {
  const id = `field-${(counter += 1)}`;
  return el(
    "div",
    { class: "field" },
    el(
      "label",
      { class: "tick", for: id },
      el("input", {
        type: "checkbox",
        name,
        id,
        "aria-labelledby": `${id}-label`,
        "aria-describedby": `${id}-more ${id}-wrong`,
        ...props,
      }),
      el("span", {}, el("span", { id: `${id}-label` }, label), more && el("small", { id: `${id}-more` }, more)),
    ),
    el("p", { class: "wrong", id: `${id}-wrong`, hidden: true }),
  );
}

export function fault(control, text) {
  control.setAttribute("aria-invalid", "true");
  const place = control.closest(".field").querySelector(".wrong");
  place.hidden = false;
  write(place, text);
}

export function clearFaults(form) {
  for (const place of form.querySelectorAll(".wrong")) place.hidden = true;
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** What is wrong, in the page's words: by code and field, by field, by code, else as the service said it. */
export function wording(problem, item) {
  const plain = (item.field ?? "").replace(/\.\d+(?=\.|$)/g, "");
  for (const key of [`error.${problem.code}`, `wrong.${plain}`])
    if (has(key) && key !== "error.invalid") return t(key, problem.body);
  return item.detail;
}

export function showFaults(form, problem) {
  clearFaults(form);
  const rest = [];
  let first = null;
  for (const item of problem.faults) {
    const control = item.field && form.querySelector(`[name="${CSS.escape(item.field)}"]`);
    if (!control) {
      rest.push(item);
      continue;
    }
    fault(control, wording(problem, item));
    first ??= control;
  }
  first?.focus();
  return rest;
}

/** Check what must be filled in before asking the service; true when everything is. */
export function complete(form) {
  clearFaults(form);
  let first = null;
  for (const control of form.querySelectorAll("[required]")) {
    if (control.closest("[hidden]") || control.validity.valid) continue;
    const key = control.validity.valueMissing
      ? control.type === "checkbox"
        ? "needed.tick"
        : "needed"
      : `wrong.${control.name}`;
    fault(control, has(key) ? t(key) : control.validationMessage);
    first ??= control;
  }
  first?.focus();
  return !first;
}

const all = (form) => Array.from(form.querySelectorAll("[name]"));
const switched = (control) => control.type === "checkbox" || control.type === "radio";

export const keep = (form) => all(form).map((control) => (switched(control) ? control.checked : control.value));

export function restore(form, kept) {
  all(form).forEach((control, at) => {
    if (kept[at] !== undefined) control[switched(control) ? "checked" : "value"] = kept[at];
  });
}

/** The form as an object; empty texts are left out. */
export function values(form) {
  const found = {};
  for (const control of all(form)) {
    if (control.type === "radio" && !control.checked) continue;
    const value = control.type === "checkbox" ? control.checked : control.value.trim();
    if (value === "" || control.closest("[hidden]")) continue;
    const path = control.name.split(".");
    const last = path.pop();
    path.reduce((at, step) => (at[step] ??= {}), found)[last] = value;
  }
  return found;
}
