/* What somebody is awarded, and where somebody stands otherwise: a sign, a word and a colour, never one of them alone.
 *
 * The signs are characters that every system's Latin and Chinese fonts have; the colours are in base.css.
 */

import { el } from "./dom.js";
import { t } from "./i18n.js";

const SIGNS = {
  gold: "1",
  silver: "2",
  bronze: "3",
  medallion: "◆",
  best_of_nation: "★",
  review: "!",
  guest: "+",
  disqualified: "×",
  mine: "▸",
};

/** A sign and its word, as the page's words have it under `award.<kind>` or `label.<kind>`. */
export const badge = (kind, word) =>
  el("span", { class: `badge ${kind}` }, el("i", { "aria-hidden": "true" }, SIGNS[kind]), word);

export const awarded = (kinds) => kinds.map((kind) => badge(kind, t(`award.${kind}`)));

/** `medal` and `best_of_nation` of a row, or of what was revealed of it, as kinds of award; the highest first. */
export const awardsOf = (row) => [row?.medal, row?.best_of_nation && "best_of_nation"].filter(Boolean);
