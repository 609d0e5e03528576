/* Video streams: what an address must look like, and how it is shown. Pure; the same as `shared/contracts/streams.py`.
 *
 * Addresses are read by one expression instead of the browser's parser, which forgives what the service refuses. What a
 * person typed goes through `tidy` first.
 */

export const MOST_STREAMS = 4;
export const LONGEST = 500;
export const LONGEST_TITLE = 120;

const YOUTUBE = "https://www.youtube-nocookie.com/embed/";
const BILIBILI_VIDEO = "https://player.bilibili.com/player.html";
const BILIBILI_LIVE = "https://www.bilibili.com/blackboard/live/live-activity-player.html";
const ADDRESS =
  /^(?<origin>(?<scheme>https?):\/\/(?<host>[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?<port>:[1-9][0-9]{0,4})?)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/;
const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/** What was typed or pasted, as the browser would write it: letters of other scripts encoded, no space around it. */
export function tidy(text) {
  const trimmed = text.trim();
  try {
    return new URL(trimmed).href;
  } catch {
    return trimmed;
  }
}

/** The code of what is wrong with an address, null when nothing is. */
export function faultOf(url) {
  if (/[^!-~]|["<>\\^`{|}]/.test(url) || url.length > LONGEST) return "stream_address";
  const [scheme, rest] = url.split(/:\/\/(.*)/s);
  if (rest === undefined || !["https", "http"].includes(scheme)) return "stream_not_https";
  if (rest.split(/[/?#]/, 1)[0].includes("@")) return "stream_credentials";
  const parts = ADDRESS.exec(url)?.groups;
  if (!parts) return "stream_address";
  return scheme === "http" && !LOOPBACK.test(parts.host.toLowerCase()) ? "stream_not_https" : null;
}

/** Scheme, host and port of an address without a fault, as browsers write them. */
export function originOf(url) {
  const { origin, scheme } = ADDRESS.exec(url).groups;
  const usual = { https: /:443$/, http: /:80$/ }[scheme];
  return origin.toLowerCase().replace(usual, "");
}

/** How an address without a fault is shown: `kind`, the `source` a frame or player loads, the `host` people are told. */
export function recognise(url) {
  const parts = ADDRESS.exec(url).groups;
  const host = parts.host.toLowerCase();
  const path = parts.path ?? "/";
  const query = {};
  for (const pair of (parts.query ?? "").split("&")) {
    const [key, value = ""] = pair.split(/=(.*)/s);
    if (!Object.hasOwn(query, key)) query[key] = value;
  }
  const name = host + (parts.port ?? "");
  const youtube = ofYoutube(host, path, query);
  if (youtube) return { kind: "youtube", source: youtube, host: name };
  const bilibili = ofBilibili(host, path, query);
  if (bilibili) return { kind: "bilibili", source: bilibili, host: name };
  return { kind: path.toLowerCase().endsWith(".m3u8") ? "hls" : "other", source: url, host: name };
}

const video = (found) => found && `${YOUTUBE}${found[1]}?autoplay=1&playsinline=1&rel=0`;
const channel = (found) => found && `${YOUTUBE}live_stream?channel=${found[1]}&autoplay=1&playsinline=1`;

function ofYoutube(host, path, query) {
  const site = host.replace(/^(www|m)\./, "");
  if (site === "youtu.be") return video(/^\/([A-Za-z0-9_-]{11})\/?$/.exec(path));
  if (site !== "youtube.com" && site !== "youtube-nocookie.com") return null;
  if (path === "/watch") return video(/^([A-Za-z0-9_-]{11})$/.exec(query.v ?? ""));
  if (path === "/embed/live_stream") return channel(/^(UC[A-Za-z0-9_-]{22})$/.exec(query.channel ?? ""));
  if (path.startsWith("/channel/")) return channel(/^\/channel\/(UC[A-Za-z0-9_-]{22})\/live\/?$/.exec(path));
  return video(/^\/(?:live|embed|shorts)\/([A-Za-z0-9_-]{11})\/?$/.exec(path));
}

function ofBilibili(host, path, query) {
  const site = host.replace(/^(www|m)\./, "");
  if (site === "live.bilibili.com") {
    const room = /^\/(?:h5\/|blanc\/)?([0-9]{1,12})\/?$/.exec(path);
    return room && `${BILIBILI_LIVE}?cid=${room[1]}&quality=0&danmaku=0`;
  }
  let id = "";
  if (site === "player.bilibili.com" && path === "/player.html") id = query.bvid || `av${query.aid ?? ""}`;
  else if (site === "bilibili.com" && path.startsWith("/video/")) id = path.slice("/video/".length).replace(/\/$/, "");
  if (!/^(?:BV[A-Za-z0-9]{10}|av[0-9]{1,15})$/.test(id)) return null;
  const named = id.startsWith("BV") ? `bvid=${id}` : `aid=${id.slice(2)}`;
  const part = /^[0-9]{1,4}$/.test(query.p ?? "") ? query.p : "1";
  return `${BILIBILI_VIDEO}?isOutside=true&${named}&p=${part}&autoplay=1&danmaku=0`;
}
