/* Somebody else was faster: both values side by side with who and when, and the judge decides which one stands. */

import { el } from "/shared/dom.js";
import { clockTime, t } from "/shared/i18n.js";
import { spoken } from "./reading.js";

export function versus(aspect, entry, current, { drop, replace }) {
  return el(
    "div",
    { class: "say warm", role: "group", "aria-label": t("changed") },
    el("p", {}, el("strong", {}, t("changed"))),
    el(
      "div",
      { class: "versus" },
      side(
        t("changed.theirs"),
        aspect,
        current,
        current.mine ? t("changed.you") : current.judge,
        el("button", { onclick: () => drop(entry.id) }, t("changed.keep")),
      ),
      side(
        t("changed.mine"),
        aspect,
        entry.body,
        t("changed.you"),
        el("button", { class: "main", onclick: () => replace(entry, current) }, t("changed.replace")),
      ),
    ),
  );
}

const side = (whose, aspect, mark, who, button) =>
  el(
    "div",
    {},
    el("span", {}, whose),
    el("strong", {}, spoken(aspect, mark)),
    el("span", { class: "soft" }, who, mark.marked_at && ` · ${clockTime(mark.marked_at)}`),
    button,
  );
