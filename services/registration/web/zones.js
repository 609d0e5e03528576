/* Dates and times an organiser types are in the host's zone, wherever the organiser sits: "2020-11-19T09:00" there -> UTC. */

function offset(zone, at) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
  return Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second) - Math.floor(at / 1000) * 1000;
}

/** A local time in `zone` as RFC 3339 in UTC; in the hour a clock is put forward, the later reading. */
export function instant(local, zone) {
  if (!local) return undefined;
  const wall = Date.parse(`${local}Z`);
  const first = wall - offset(zone, wall);
  return new Date(wall - offset(zone, first)).toISOString().replace(".000Z", "Z");
}

export function zones() {
  try {
    return [...new Set(["Europe/London", "Asia/Shanghai", "UTC", ...Intl.supportedValuesOf("timeZone")])];
  } catch {
    return ["Europe/London", "Asia/Shanghai", "UTC"];
  }
}
