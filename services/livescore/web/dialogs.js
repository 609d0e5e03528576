/* What a judge is asked before an act that needs more than a press: a reason, or whom a conflict is with. */

import { ask } from "/shared/ask.js";
import { field, input, select } from "/shared/fields.js";
import { el } from "/shared/dom.js";
import { t } from "/shared/i18n.js";

/** Why a sheet goes back to who marked it; null when the judge thought better of it. */
export async function askReason() {
  const reason = el("textarea", { name: "reason", maxlength: 1000, required: true });
  const given = await ask(t("sheet.return"), t("return.more"), {
    yes: t("sheet.return"),
    fields: [field(reason, t("return.reason"))],
  });
  return given?.reason ? { reason: given.reason } : null;
}

/** With whom, of what kind, and in the judge's own words; `whom` is chosen at first. */
export async function askConflict(sheet, whom) {
  const people = sheet.competitors.filter((one) => one.country !== sheet.judge.country && !one.conflict);
  const kinds = ["college", "trainer", "family", "other"].map((kind) => [kind, t(`conflict.${kind}`)]);
  const names = people.map((one) => [one.id, `${one.bib} ${one.name}`]);
  const given = await ask(t("conflict.declare"), t("conflict.more"), {
    yes: t("conflict.yes"),
    fields: [
      select("competitor", t("conflict.whom"), names, whom),
      select("kind", t("conflict.kind"), kinds, "college"),
      input("note", t("conflict.note"), { maxlength: 1000 }),
    ],
  });
  return given && { judge: sheet.judge.id, ...given };
}
