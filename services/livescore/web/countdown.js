/* How long it is until a moment, by the service's clock, in words. */

import { t } from "/shared/i18n.js";
import { clock } from "./clock.js";

/** Whole seconds until then; negative when it is over. */
export const left = (until) => Math.floor((Date.parse(until) - Date.now() + (clock.ahead ?? 0)) / 1000);

export function spoken(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return t(hours ? "left.hours" : "left.minutes", { hours, minutes, seconds: String(rest).padStart(2, "0") });
}
