/* A scheme's text in both languages, the page's own first; where one is missing, a note says so.
 *
 * Judges of two nations mark the same aspect from the same words, and see at once where they do not have them (R11).
 */

import { el } from "/shared/dom.js";
import { lang, said, t } from "/shared/i18n.js";

const TAGS = { en: "en", zh: "zh-Hans" };

export function bothTongues(text, name) {
  const other = lang === "en" ? "zh" : "en";
  return el(
    "div",
    { class: "tongue" },
    said(text, name),
    text?.[lang] != null && text[other] != null && el("p", { class: "soft", lang: TAGS[other] }, text[other]),
    note(text),
  );
}

/** What is missing, or null: "no Chinese text". */
export function note(text) {
  const missing = ["en", "zh"].filter((one) => text?.[one] == null);
  return missing.length > 0 && el("small", { class: "tag" }, t(`no_text.${missing[0]}`));
}
