/* What waits for this judge elsewhere: sheets to verify and to sign, form by form, each one tap away. */

import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";
import { nameOf } from "./names.js";
import { peopleOn } from "./people.js";
import { formsOf } from "./sheet.js";

export function todo({ at, actions }) {
  const found = formsOf(at.sheet).flatMap((form) =>
    peopleOn(at.sheet, form).flatMap((who) => {
      const may = at.sheet.sheets?.[form.id]?.[who.id]?.may ?? [];
      return ["verify", "sign"].filter((act) => may.includes(act)).map((act) => ({ form, who, act }));
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
