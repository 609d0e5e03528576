/* Where a mark comes from besides a judge's eye, in words: what a script said of a reading (R18), and paper (R43). */

import { el } from "/shared/dom.js";
import { clockTime, t } from "/shared/i18n.js";

/** Lines about one mark, none for one like all others; `judge` names whoever checked by hand. */
export const origin = (one, judge) => [
  one.paper && el("p", { class: "soft" }, `✎ ${t("origin.paper")}`),
  one.check && checked(one.check, judge),
];

export const checked = (check, judge) => [
  el(
    "p",
    { class: "soft check" },
    el("strong", { class: check.verdict === "correct" ? "" : "bad" }, t(`origin.${check.verdict}`)),
    " · ",
    t("origin.script", { script: check.script }),
    " ",
    el("small", { class: "digits", title: `SHA-256 ${check.sha256}` }, `SHA-256 ${check.sha256.slice(0, 12)}…`),
    check.said && [el("br"), `“${check.said}”`],
  ),
  check.by_hand &&
    el(
      "p",
      { class: "soft check" },
      `✓ ${t("origin.by_hand")} · `,
      judge(check.by_hand.judge),
      ` · ${clockTime(check.by_hand.at)}`,
    ),
];
