/* Two languages: English and Simplified Chinese.
 *
 * The address decides (?lang=zh), then what was chosen here before, then the first of the browser's languages that is one
 * of ours. Each page has one file of words per language next to it, loaded when it is needed; what is opened later may
 * bring more. `[data-t]` elements are filled from it; a `[data-t-label]` gets an aria-label. Texts that come as data have
 * one or both languages: `pick` falls back to the other one and marks it.
 */

import { el, put } from "./dom.js";

const KEY = "showcase.lang";
const known = { en: "en", zh: "zh-Hans" };
let words = {};
let files = [];
const listeners = [];
export let lang = "en";

const remember = (value) => {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    /* private mode: the address still carries it */
  }
};
const remembered = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

/** Load the words of this page and fill it in; `onChange` runs after every later switch of language.
 *  `names` is a file of words without its language and ending, or several: later ones win.
 */
export async function speak(names, onChange) {
  files = [names].flat();
  if (onChange) listeners.push(onChange);
  const asked = new URLSearchParams(location.search).get("lang");
  if (known[asked]) remember(asked);
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => known[code]);
  await use(known[asked] ? asked : known[remembered()] ? remembered() : (preferred ?? "en"));
}

/** Load further words, for a part of a page that comes when it is needed; a later switch of language includes them. */
export async function learn(name) {
  if (files.includes(name)) return;
  const then = lang;
  const further = await read(name, then);
  files.push(name);
  words = { ...words, ...(lang === then ? further : await read(name, lang)) };
}

const read = async (name, language) => (await fetch(`${name}.${language}.json`)).json();

async function use(next) {
  words = Object.assign({}, ...(await Promise.all(files.map((name) => read(name, next)))));
  lang = next;
  const root = document.documentElement;
  root.lang = known[lang];
  for (const node of document.querySelectorAll("[data-t]")) put(node, t(node.dataset.t));
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  if (words.title) document.title = words.title;
  for (const place of document.querySelectorAll(".tongues"))
    put(place, tongue("en", "EN", "English"), tongue("zh", "中文", "中文"));
}

function tongue(code, short, full) {
  const address = () => {
    const url = new URL(location.href);
    url.searchParams.set("lang", code);
    return url.href;
  };
  return el(
    "a",
    {
      href: address(),
      lang: known[code],
      hreflang: known[code],
      "aria-label": full,
      "aria-current": code === lang && "true",
      onclick: async (event) => {
        event.preventDefault();
        remember(code);
        history.replaceState(history.state, "", address());
        await use(code);
        document.querySelector(`.tongues a[hreflang=${known[code]}]`).focus();
        for (const listener of listeners) listener();
      },
    },
    short,
  );
}

/** The words for a key; `{n}` chooses the plural form `key.one` when there is one. */
export function t(key, values = {}) {
  const one = values.n != null && words[`${key}.one`] && new Intl.PluralRules(lang).select(+values.n) === "one";
  const text = words[one ? `${key}.one` : key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in words;

/** The same as a list of strings and nodes, for values that are elements (names in <bdi>). */
export const phrase = (key, values) =>
  (words[key] ?? key)
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 ? values[part] : part))
    .filter((part) => part != null && part !== "");

export const pick = (text) => text?.[lang] ?? text?.en ?? text?.zh ?? "";

/** An element holding a text of the data, with its language marked when it is not the page's. */
export const said = (text, name = "span") =>
  el(name, { lang: text && text[lang] == null ? known[lang === "en" ? "zh" : "en"] : null }, pick(text));

/** "5 min", or for short ones "45 s". */
export const pause = (n) => (n < 120 ? t("seconds", { n }) : t("minutes", { n: Math.round(n / 60) }));

/** Link to another page in the same language. */
export const linked = (path) => `${path}?lang=${lang}`;

export const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const form = (zone, options) =>
  new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { timeZone: zone, hourCycle: "h23", ...options });
const DAY = { weekday: "short", day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit" };

/** A zone as people call it, "China Time", at the given moment. */
export function zoneName(zone, date) {
  for (const timeZoneName of ["shortGeneric", "short"]) {
    try {
      return form(zone, { timeZoneName })
        .formatToParts(date)
        .find((part) => part.type === "timeZoneName").value;
    } catch {
      /* an older browser knows only the short form */
    }
  }
  return zone;
}

const gap = () => (lang === "zh" ? " " : ", ");

/** One moment, or a span, in one zone and with its name: "Thu 19 Nov, 09:00–11:00 United Kingdom Time". */
export function moment(from, to, zone = here) {
  const a = new Date(from);
  const b = to && new Date(to);
  const clock = form(zone, CLOCK);
  const day = form(zone, new Date().getFullYear() === a.getFullYear() ? DAY : { ...DAY, year: "numeric" });
  const end = b ? `–${day.format(a) === day.format(b) ? "" : `${day.format(b)}${gap()}`}${clock.format(b)}` : "";
  return `${day.format(a)}${gap()}${clock.format(a)}${end} ${zoneName(zone, a)}`;
}

/** One moment to the second: "Thu 19 Nov, 11:09:30 United Kingdom Time". */
export function exactMoment(at) {
  const date = new Date(at);
  return `${form(here, DAY).format(date)}${gap()}${clockTime(date)} ${zoneName(here, date)}`;
}

/** A span of today or of a named day, in each of the two zones: ["09:00–11:00 United Kingdom Time", "17:00–19:00 China Time"]. */
export function span(from, to, hostZone) {
  const [a, b] = [new Date(from), new Date(to)];
  const day = (zone, at) => form(zone, DAY).format(at);
  const one = (zone, usual) =>
    `${day(zone, a) === usual ? "" : `${day(zone, a)}${gap()}`}${form(zone, CLOCK).format(a)}–${form(zone, CLOCK).format(b)} ${zoneName(zone, a)}`;
  const mine = one(here, day(here, new Date()));
  return hostZone && !sameClock(a, hostZone) ? [mine, one(hostZone, day(here, a))] : [mine];
}

const sameClock = (at, zone) =>
  form(here, { ...DAY, ...CLOCK }).format(at) === form(zone, { ...DAY, ...CLOCK }).format(at);

/** The viewer's zone first, the host's beside it when the clocks differ. */
export const bothZones = (from, to, hostZone) =>
  !hostZone || sameClock(new Date(from), hostZone)
    ? moment(from, to)
    : `${moment(from, to)} (${moment(from, to, hostZone)})`;

export const clockTime = (at) => form(here, { ...CLOCK, second: "2-digit" }).format(new Date(at));
export const dayOf = (text) =>
  form("UTC", { day: "numeric", month: "long", year: "numeric" }).format(new Date(`${text}T00:00:00Z`));
