/* A country as people see it: its flag where the system can draw one, always with the code in letters.
 *
 * Some systems have no flag glyphs and show two small letters instead; one look at a canvas tells, and there the
 * flag is left out rather than shown as a doubled code. No pictures are loaded from anywhere.
 */

import { el } from "./dom.js";
import { lang } from "./i18n.js";

let drawn;

function canDraw() {
  if (drawn === undefined) {
    const pen = Object.assign(document.createElement("canvas"), { width: 24, height: 24 }).getContext("2d", {
      willReadFrequently: true,
    });
    pen.font = "20px sans-serif";
    pen.fillText("\u{1F1E8}\u{1F1F3}", 0, 20);
    const { data } = pen.getImageData(0, 0, 24, 24);
    drawn = false;
    for (let at = 0; at < data.length; at += 4) drawn ||= data[at] > data[at + 2] + 90;
  }
  return drawn;
}

const emoji = (code) => String.fromCodePoint(...Array.from(code, (letter) => 0x1f1a5 + letter.charCodeAt(0)));

export function countryName(code) {
  try {
    return new Intl.DisplayNames([lang === "zh" ? "zh-Hans" : "en"], { type: "region" }).of(code);
  } catch {
    return code;
  }
}

export const flag = (code) =>
  el(
    "span",
    { class: "flag", title: countryName(code) },
    canDraw() && el("span", { "aria-hidden": "true" }, emoji(code)),
    el("abbr", { title: countryName(code) }, code),
  );
