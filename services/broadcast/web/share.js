/* The link to one competitor's row: given away, and followed.
 *
 * A link is handed to the device's own sharing where there is one, else it is copied, and that is said; where neither is
 * allowed it is shown to be copied by hand. It carries no language: who opens it reads in their own.
 */

import { bdi, el, put } from "/shared/dom.js";
import { phrase, t } from "/shared/i18n.js";
import { more } from "./more.js";

const SAID_MS = 8000;
let timer,
  sought = "";

export async function shareRow(place, row, url, title) {
  const who = () => bdi(`${row.bib} ${row.name}`);
  await more();
  if (navigator.share) {
    try {
      await navigator.share({ title, url });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    say(place, SAID_MS, phrase("share.copied", { who: who() }));
  } catch {
    const field = el("input", { readonly: true, value: url, "aria-label": t("share.link") });
    const close = el("button", { type: "button", onclick: () => say(place, 0) }, t("close"));
    say(place, 0, phrase("share.byhand", { who: who() }), field, close);
    field.select();
  }
}

function say(place, ms, ...content) {
  clearTimeout(timer);
  put(place, content);
  if (ms) timer = setTimeout(() => put(place), ms);
}

/** Words and styles, before `drawMine`. */
export const prepare = more;

/** Say whom the address names, and go there once; `onStop` takes the mark away. */
export function drawMine(place, rows, who, onStop) {
  const row = Object.values(rows).find((one) => Number(one.bib) === Number(who));
  const key = JSON.stringify([who, row?.bib, row?.name, t("language")]);
  if (place.dataset.shown !== key) {
    place.dataset.shown = key;
    put(
      place,
      el("p", { role: "status" }, row ? phrase("mine.is", { who: bdi(`${row.bib} ${row.name}`) }) : t("mine.none", { who })),
      el("button", { type: "button", onclick: onStop }, t("mine.stop")),
    );
  }
  if (row && sought !== who) {
    sought = who;
    goTo(document.querySelector(`#board tr[data-bib="${CSS.escape(row.bib)}"]`));
  }
}

/** A pinned row stands where it is pinned: its own place in the table is asked for without the pin. */
function goTo(tr) {
  tr.style.position = "static";
  tr.scrollIntoView({ block: "center", behavior: "instant" });
  tr.style.position = "";
}
