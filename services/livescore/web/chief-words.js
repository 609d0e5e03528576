/* How people and sheets are called on the page. Names of judges are registration's alone; here they go by country. */

import { bdi, el } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { clockTime, t } from "/shared/i18n.js";

export const SIGNS = {
  untouched: "·",
  started: "◔",
  complete: "◕",
  remark: "↻",
  disputed: "!",
  submitted: "→",
  verified: "✓",
  signed: "✎",
  locked: "■",
  reopened: "↺",
};

/** "SG", or "SG B" where a country has several, and the office for those who lead. */
export function judgeLabel(view, id) {
  const one = view.judges.find((judge) => judge.id === id);
  if (!one) return t("judge.gone");
  if (one.office !== "judge") return t(`office.${one.office}`);
  const same = view.judges.filter((judge) => judge.office === "judge" && judge.country === one.country);
  return same.length > 1 ? `${one.country} ${String.fromCharCode(65 + same.indexOf(one))}` : one.country;
}

export function judge(view, id) {
  const one = view.judges.find((found) => found.id === id);
  const label = judgeLabel(view, id);
  if (!one || one.office !== "judge") return el("span", { class: "judge", title: id }, label);
  return el("span", { class: "judge", title: id }, flag(one.country), label.slice(one.country.length));
}

export const judges = (view, ids) => ids.map((id, index) => [index > 0 && ", ", judge(view, id)]);

export function person(view, id) {
  const one = view.competitors.find((found) => found.id === id);
  return one ? el("span", { class: "person" }, el("b", {}, one.bib), " ", flag(one.country), bdi(one.name)) : id;
}

export const bibOf = (view, id) => view.competitors.find((one) => one.id === id)?.bib ?? "?";

export const sheetName = (view, form, competitor) => `${form} · ${bibOf(view, competitor)}`;

export const stage = (name, extra) =>
  el(
    "span",
    { class: `stage ${name}` },
    el("span", { "aria-hidden": "true" }, SIGNS[name]),
    ` ${t(`stage.${name}`)}`,
    extra,
  );

export const when = (at) => at && t("at", { time: clockTime(at) });

export const leads = (view, office) => view.judges.filter((one) => one.office === office);
export const markers = (view) => view.judges.filter((one) => one.office === "judge");

/** Competitors whose sheet of this form waits for the chief expert's signature alone. */
export const readyToSign = (view, form) =>
  Object.entries(view.sheets[form] ?? {})
    .filter(([, row]) => ["verified", "signed"].includes(row.stage) && row.unsigned.length === 0 && !row.accept)
    .map(([competitor]) => competitor);
