/* The frame a stream is shown in, with as few rights as its player works with.
 *
 * All are sandboxed: none may lead the page away, ask for camera or place, or reach what is around it. Players of others
 * keep their own origin, without which they do not run, and may open their site in a new tab. YouTube plays only for
 * sites that it is told the name of; whatever an operator allows is told the same, Bilibili nothing. Our own player for
 * HLS gets no origin at all, and tells by messages how it goes (`data-tells`).
 */

import { el } from "/shared/dom.js";

const SEES = "autoplay; fullscreen; picture-in-picture";
const PLAYER = "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox";

const RIGHTS = {
  youtube: { sandbox: PLAYER, allow: `${SEES}; encrypted-media`, referrerpolicy: "strict-origin" },
  bilibili: { sandbox: PLAYER, allow: SEES, referrerpolicy: "no-referrer" },
  other: { sandbox: PLAYER, allow: SEES, referrerpolicy: "strict-origin" },
  hls: { sandbox: "allow-scripts", allow: SEES, referrerpolicy: "no-referrer", "data-tells": "" },
};

/** `shown` is what `recognise` made of the address. */
export function frameOf({ kind, source }, title, lang) {
  const src = kind === "hls" ? `/play#${new URLSearchParams({ url: source, title, lang })}` : source;
  return el("iframe", { src, title, ...RIGHTS[kind] });
}
