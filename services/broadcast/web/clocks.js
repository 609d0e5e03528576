/* What time it is here and where the event is, each with the name of its zone; one clock where the two agree. */

import { el, put } from "/shared/dom.js";
import { here, lang, zoneName } from "/shared/i18n.js";

const read = (zone, at) =>
  new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);

export function drawClocks(place, hostZone, at = new Date()) {
  const zones = [here, hostZone].filter((zone, n) => zone && (n === 0 || read(zone, at) !== read(here, at)));
  const shown = zones.map((zone) => [read(zone, at), zoneName(zone, at)]);
  if (place.dataset.shown === String(shown)) return;
  place.dataset.shown = shown;
  put(
    place,
    shown.map(([time, name]) => el("p", {}, el("b", {}, time), " ", el("span", {}, name))),
  );
}
