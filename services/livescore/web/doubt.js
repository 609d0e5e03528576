/* What a script said of the reading on a card, and the check by hand that its sheet waits for (R18). */

import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";
import { checked } from "./origin.js";

/** `checking` is a check by hand on its way; `confirm` is null for who may not mark the sheet now. */
export const doubt = (cell, { me, checking, confirm }) => [
  cell.paper && el("p", { class: "soft" }, `✎ ${t("origin.paper")}`),
  (cell.checks ?? []).map((one) => checked(one, (judge) => (judge === me ? t("origin.you") : judge))),
  cell.doubted &&
    (checking
      ? el("p", { class: "result" }, el("strong", {}, `↑ ${t("act.check-by-hand")}`), ` · ${t("unsent")}`)
      : el(
          "div",
          { class: "say warm" },
          el("p", {}, t("hand.needed")),
          confirm && el("button", { class: "main", onclick: confirm }, t("hand.confirm")),
        )),
];

/** The check by hand of an aspect that waits in the queue. */
export const waiting = (outbox, competition, who, aspect) =>
  outbox.list.find(
    ({ body, competition: of, refused }) =>
      body.act === "check-by-hand" &&
      body.competitor === who &&
      body.aspect === aspect &&
      of === competition &&
      !refused,
  );

/** Aspects of a sheet that a person still has to check by hand. */
export const doubts = (at, outbox, form, who) =>
  form.aspects
    .map(({ id }) => id)
    .filter(
      (id) =>
        at.sheet.cells[who]?.[id]?.doubted &&
        !outbox.of(at.competition, who, id) &&
        !waiting(outbox, at.competition, who, id),
    );
