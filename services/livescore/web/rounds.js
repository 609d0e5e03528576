/* What was given before on an aspect: the revealed scores of each round, or what two pairs measured, with who (R24, R41). */

import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";
import { spoken } from "./reading.js";

/** A list of rounds, the oldest first; null where there was none but the one that stands. */
export function rounds(aspect, cell) {
  const found = [...(cell.earlier ?? [])];
  if (cell.state !== "settled" && (cell.scores || cell.values)) found.push(revealed(cell));
  if (found.length === 0) return null;
  return el(
    "ol",
    { class: "rounds" },
    found.map((round, at) =>
      el(
        "li",
        {},
        el("span", { class: "soft" }, t("round", { n: at + 1 })),
        round.map((one) =>
          el("span", { class: "given" }, el("b", {}, spoken(aspect, one)), " ", el("small", {}, one.judge)),
        ),
      ),
    ),
  );
}

function revealed(cell) {
  if (cell.values)
    return Object.entries(cell.values).map(([pair, value]) => ({ value, judge: t("pair", { n: pair }) }));
  return cell.scores.map((score, at) => ({ score, judge: cell.judges?.[at] ?? "" }));
}
