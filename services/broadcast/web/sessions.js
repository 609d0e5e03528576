/* The whole programme: by days of the viewer's zone, each session with its time here and, where it differs, at the host. */

import { el, put } from "/shared/dom.js";
import { here, lang, said, t, zoneName } from "/shared/i18n.js";

const form = (zone, options) =>
  new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { timeZone: zone, hourCycle: "h23", ...options });
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const SHORT = { weekday: "short", day: "numeric" };
const CLOCK = { hour: "2-digit", minute: "2-digit" };

let shown = "";

export const leave = () => {
  shown = "";
};

export function draw(place, watched, at = Date.now()) {
  const { head, rows } = watched.programme();
  const sessions = Object.values(rows)
    .filter((row) => row.kind === "session")
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  const phases = sessions.map((row) => phase(row, at));
  const key = JSON.stringify([lang, head.timezone, sessions, phases]);
  if (key === shown) return;
  shown = key;
  const differs = sessions.some(({ starts_at: from }) => clock(here, from, true) !== clock(head.timezone, from, true));
  put(
    place,
    sessions.length === 0 && el("p", {}, t("sessions.none")),
    sessions.length > 0 && el("p", { class: "soft" }, zones(head.timezone, sessions[0].starts_at, differs)),
    days(sessions).map(([day, list]) =>
      el("section", { class: "day" }, el("h3", {}, day), el("ol", {}, list.map((row) => line(row, head.timezone, differs, at)))),
    ),
  );
}

const phase = ({ starts_at: from, ends_at: to }, at) => (at < Date.parse(from) ? "next" : at < Date.parse(to) ? "now" : "over");

const clock = (zone, at, day) => form(zone, day ? { ...SHORT, ...CLOCK } : CLOCK).format(new Date(at));

function zones(host, at, differs) {
  const mine = zoneName(here, new Date(at));
  return differs ? t("sessions.zones", { mine, host: zoneName(host, new Date(at)) }) : t("sessions.zone", { mine });
}

function days(sessions) {
  const found = new Map();
  for (const row of sessions) {
    const day = form(here, DAY).format(new Date(row.starts_at));
    found.set(day, [...(found.get(day) ?? []), row]);
  }
  return [...found];
}

/** The host's day is named where it is another one than that of the heading. */
function line(row, host, differs, at) {
  const { starts_at: from, ends_at: to } = row;
  const day = (zone, moment) => form(zone, SHORT).format(new Date(moment));
  const span = (zone, heading) =>
    `${clock(zone, from, day(zone, from) !== heading)}–${clock(zone, to, day(zone, to) !== day(zone, from))}`;
  const now = phase(row, at);
  return el(
    "li",
    { class: now, "aria-current": now === "now" && "time" },
    el("time", { class: "digits", datetime: from }, span(here, day(here, from))),
    differs && el("span", { class: "host digits" }, t("sessions.host", { span: span(host, day(here, from)) })),
    el("span", { class: "what" }, said(row.title), now === "now" && el("b", { class: "pill" }, t("now"))),
  );
}
