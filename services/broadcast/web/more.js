/* Words and styles of the parts of the viewer page that are opened later, loaded once with the first of them. */

import { el } from "/shared/dom.js";
import { learn } from "/shared/i18n.js";

let loading;

/** Rejects when they cannot be read, and tries again the next time. */
export function more() {
  loading ??= Promise.all([learn("/broadcast/words/more"), styled("/broadcast/more.css")]).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Put a sheet of styles on the page; rejects when it cannot be loaded. */
export const styled = (href) =>
  new Promise((done, fail) => {
    const link = el("link", { rel: "stylesheet", href, onload: done, onerror: () => fail(new Error(href)) });
    document.head.append(link);
  });
