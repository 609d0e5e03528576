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

/** Which language some of these texts do not have, or nothing: "no Chinese text". */
export function note(...texts) {
  const missing = ["en", "zh"].find((one) => texts.some((text) => text?.[one] == null));
  return missing && el("small", { class: "tag missing" }, t(`no_text.${missing}`));
}
