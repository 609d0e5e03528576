/* Ask before something that cannot be taken back: a dialog that resolves to the form's values, or null. */

import { el } from "./dom.js";
import { values } from "./fields.js";
import { t } from "./i18n.js";

export function ask(title, text, { yes, bad = false, fields = [] }) {
  return new Promise((done) => {
    const form = el(
      "form",
      { method: "dialog" },
      el("h2", {}, title),
      el("p", {}, text),
      ...fields,
      el(
        "div",
        { class: "row" },
        el("button", { value: "yes", class: bad ? "bad" : "main" }, yes),
        el("button", { value: "no", formnovalidate: true }, t("cancel")),
      ),
    );
    const dialog = el(
      "dialog",
      {
        onclose: () => {
          dialog.remove();
          done(dialog.returnValue === "yes" ? values(form) : null);
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
