/* Readings: how each pattern of measurement is typed, checked on the way in, and said back. Pure. */

import { t } from "/shared/i18n.js";

const DECIMAL = /^-?[0-9]{1,9}(\.[0-9]{1,6})?$/;
/** Full-width digits of Chinese keyboards, a decimal comma, and a real minus sign are what people type. */
const plain = (text) => text.normalize("NFKC").trim().replace(",", ".").replace("−", "-").replaceAll("：", ":");

export function decimal(text) {
  const value = plain(text);
  return DECIMAL.test(value) ? value : null;
}

export function count(text) {
  const value = plain(text);
  return /^[0-9]{1,6}$/.test(value) ? String(Number(value)) : null;
}

/** "1:40:00", "100:00" or "6000" -> "6000" seconds. */
export function seconds(text) {
  const value = plain(text);
  if (!/^[0-9]{1,5}(:[0-5]?[0-9]){0,2}(\.[0-9]{1,3})?$/.test(value)) return null;
  const [whole, part] = value.split(".");
  const total = whole.split(":").reduce((sum, step) => sum * 60 + Number(step), 0);
  return part ? `${total}.${part}` : String(total);
}

export function clock(value) {
  const [whole, part] = String(value).split(".");
  const two = (n) => String(n).padStart(2, "0");
  const n = Number(whole);
  return `${n >= 3600 ? `${Math.floor(n / 3600)}:${two(Math.floor(n / 60) % 60)}` : Math.floor(n / 60)}:${two(n % 60)}${part ? `.${part}` : ""}`;
}

/** A mark or a cell in words: "met", "3 errors", "12.3", "1:40:00", "score 2". */
export function spoken(aspect, { value, score }) {
  if (score != null) return t("said.score", { n: score });
  if (value === "not_attempted" || value === "met" || value === "not_met") return t(`said.${value}`);
  const pattern = aspect.measure?.pattern;
  if (pattern === "time") return clock(value);
  if (pattern === "deduct" && !aspect.measure.unit) return t("said.errors", { n: value });
  if (pattern === "add") return t("said.hits", { n: value });
  return value ?? "–";
}
