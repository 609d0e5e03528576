/* What waits for this judge elsewhere: rounds to justify, sheets to verify, to compare with paper and to sign, form by
 * form, each one tap away. */

import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";
import { unjustified } from "./justify.js";
import { nameOf } from "./names.js";
import { peopleOn } from "./people.js";
import { formsOf } from "./sheet.js";

export function todo({ at, actions }) {
  const found = formsOf(at.sheet).flatMap((form) =>
    peopleOn(at.sheet, form).flatMap((who) => {
      const may = at.sheet.sheets?.[form.id]?.[who.id]?.may ?? [];
      const waits = ["verify", "accept", "sign"].filter((act) => may.includes(act));
      if (unjustified(at.sheet, form, who.id).length > 0) waits.unshift("justify");
      return waits.map((act) => ({ form, who, act }));
    }),
  );
  if (found.length === 0) return null;
  return el(
    "details",
    { class: "todo" },
    el("summary", {}, t("todo", { n: found.length })),
    el(
      "div",
      { class: "row" },
      found.map(({ form, who, act }) =>
        el("button", { onclick: () => actions.go(who.id, form.id) }, `${t(`sheet.${act}`)} ${form.id} · `, nameOf(who)),
      ),
    ),
  );
}
