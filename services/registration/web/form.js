/* A form of the organiser's page: what was filled in becomes a request, and the button rests while it is under way. */

import { el, put } from "/shared/dom.js";
import { values } from "/shared/fields.js";

/** `shape` makes the request of what was filled in; `onSend` gets it with the form and a place for what went wrong. */
export function form(label, onSend, shape, parts) {
  const button = el("button", { class: "main" }, label);
  const trouble = el("div", { class: "trouble" });
  const built = el(
    "form",
    {
      novalidate: true,
      onsubmit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        put(trouble);
        await onSend(shape(values(built)), built, trouble);
        button.disabled = false;
      },
    },
    parts,
    trouble,
    button,
  );
  return built;
}
