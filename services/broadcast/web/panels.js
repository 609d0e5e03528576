/* What lies over the viewer page while somebody looks at it: programme, medals, what happened, who is watching.
 *
 * One dialog for all of them: it holds the focus, closes on Escape, and gives the focus back. Each part is a module with
 * `title`, and `draw(place, watched)`, which runs when it is opened and whenever something new has come.
 */

import { el, put, write } from "/shared/dom.js";
import { t } from "/shared/i18n.js";
import { more } from "./more.js";

const heading = el("h2", { id: "panel-title", tabindex: "-1" });
const place = el("div", { class: "inside" });
const close = el("button", { type: "button", class: "close", onclick: () => dialog.close() });
const dialog = el("dialog", { id: "panel", "aria-labelledby": "panel-title" }, el("header", {}, heading, close), place);
let part = null,
  shown = "",
  watched,
  arrived = location.hash !== "";

dialog.addEventListener("close", () => {
  part?.leave?.();
  part = null;
  shown = "";
  if (!location.hash) return;
  // Whoever came with the part in the address has nowhere on this page to go back to.
  if (arrived) history.replaceState(history.state, "", location.pathname + location.search);
  else history.back();
  arrived = false;
});
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close();
});

/** Open a part by its name; none closes what is open. Rejects when it cannot be loaded. */
export async function open(name, page) {
  watched = page;
  if (!name) {
    dialog.close();
    return;
  }
  const [next] = await Promise.all([import(`./${name}.js`), more()]);
  await next.prepare?.();
  if (location.hash !== `#${name}` || name === shown) return;
  part?.leave?.();
  put(place);
  [part, shown] = [next, name];
  if (!dialog.isConnected) document.body.append(dialog);
  drawOpen();
  if (!dialog.open) dialog.showModal();
  heading.focus();
}

export function drawOpen() {
  if (!part) return;
  write(heading, t(`${shown}.title`));
  write(close, t("close"));
  if (watched.programme()) part.draw(place, watched); // else it is drawn when that has come
}
