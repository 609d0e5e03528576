/* The sheet in front as a whole: its state, what is missing, and what this judge can do with it (R42).
 *
 * What is missing is what this judge can know: hidden scores of others are not counted here (R21). Verifying, accepting
 * what was typed from paper (R43) and signing are about what is on the screen, so they need a connection; everything else
 * waits in the queue like a mark.
 */

import { el } from "/shared/dom.js";
import { tick } from "/shared/fields.js";
import { clockTime, t } from "/shared/i18n.js";
import { doubts } from "./doubt.js";
import { takesMarks } from "./people.js";

export function sheetBar(page, form, who, now) {
  const { at, outbox, actions } = page;
  const sheet = { form: form.id, competitor: who.id };
  const mine = outbox.list.filter(
    (one) =>
      one.kind === "act" &&
      one.competition === at.competition &&
      one.sheet?.form === form.id &&
      one.sheet.competitor === who.id,
  );
  const missing = who.may_mark ? left(at, outbox, form, who.id) : [];
  const doubted = doubts(at, outbox, form, who.id);
  const away = page.away();
  const seen = now.digest && { saw: now.digest };
  const button = (act, tone, onclick, off) =>
    now.may.includes(act) &&
    !mine.some((one) => !one.refused && one.body.act !== "check-by-hand") &&
    el("button", { class: tone, disabled: off, onclick }, t(`sheet.${act}`));
  return el(
    "section",
    { class: `sheetbar ${now.state}`, "aria-label": t("sheet") },
    el(
      "p",
      {},
      el("strong", {}, t(`state.${now.state}`)),
      now.at && ` · ${t("at", { time: clockTime(now.at) })}`,
      now.version > 1 && ` · ${t("sheet.version", { n: now.version })}`,
      now.signed_by && ` · ${t("sheet.signed_by", { list: now.signed_by.join(", ") })}`,
    ),
    now.may.includes("submit") &&
      missing.length > 0 &&
      el("p", { class: "soft" }, t("sheet.missing", { list: missing.join(", ") })),
    now.may.includes("submit") &&
      doubted.length > 0 &&
      el("p", { class: "soft" }, t("sheet.doubted", { list: doubted.join(", ") })),
    now.typed && el("p", { class: "soft" }, `✎ ${t("sheet.typed", { list: now.typed.join(", ") })} ${typing(now)}`),
    away &&
      ["verify", "accept", "sign"].some((act) => now.may.includes(act)) &&
      el("p", { class: "soft" }, t("sheet.online")),
    mine.map((one) => queued(one, actions)),
    el(
      "div",
      { class: "row" },
      button("submit", "main", () => actions.act("submit-sheet", sheet), missing.length + doubted.length > 0),
      button("verify", "main", () => actions.act("verify-sheet", { ...sheet, ...seen }), away),
      button("accept", "main", () => actions.act("accept-typing", { ...sheet, ...seen }), away),
      button("return", "", () => actions.giveBack(sheet)),
      button("sign", "main", () => actions.act("sign-sheets", signature(form.id, who.id, now.digest)), away),
    ),
    who.may_mark &&
      takesMarks(now) &&
      tick("paper", t("paper"), t("paper.more"), {
        checked: at.paper,
        onchange: ({ target }) => actions.paper(target.checked),
      }),
  );
}

/** Whether what was typed from paper has been compared with it (R43); nothing where the rules do not ask. */
const typing = (now) =>
  now.accepted_by ? t("sheet.accepted", { judge: now.accepted_by }) : now.unaccepted ? t("sheet.unaccepted") : "";

const signature = (form, who, digest) => ({ form, competitors: [who], ...(digest && { saw: { [who]: digest } }) });

/** Aspects that still need something from somebody, as far as this judge may know. */
export function left(at, outbox, form, who) {
  return form.aspects
    .filter(({ id }) => {
      const cell = at.sheet.cells[who]?.[id];
      return !outbox.of(at.competition, who, id) && (!cell || cell.state === "remark");
    })
    .map(({ id }) => id);
}

function queued(entry, actions) {
  const what = t(`act.${entry.body.act}`);
  if (entry.refused)
    return el(
      "div",
      { class: "say bad" },
      el("p", {}, el("strong", {}, t("refused", { mark: what })), " ", actions.words(entry.refused)),
      el("button", { onclick: () => actions.drop(entry.id) }, t("dismiss")),
    );
  return el(
    "div",
    { class: "say warm" },
    el("p", {}, el("strong", {}, `↑ ${what}`), ` · ${t("unsent")}`),
    !entry.tried && el("button", { onclick: () => actions.takeBack(entry.id) }, t("take_back")),
  );
}
