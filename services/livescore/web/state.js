/* The line at the top: whether everything has been sent, what waits since when, and whether there is a network.
 *
 * What has to be known all the time sticks to the top and stays one line; what has to be known once stands below it.
 * Nothing is written anew that has not changed, because screen readers would say it again.
 */

import { byId, el, put } from "/shared/dom.js";
import { clockTime, lang, t } from "/shared/i18n.js";
import { clock, isWrong } from "./clock.js";

const SHORT_BYTES = 20 * 1024 * 1024;
let shown = "";

export function drawState({ at, outbox, link, device, actions }) {
  const waiting = outbox.unsent;
  const aside = outbox.list.length - waiting.length;
  const stuck = Boolean(outbox.trouble) || !navigator.onLine || Boolean(link.trouble);
  const lines = [];
  const notices = [];
  const worst = [outbox.trouble, link.trouble].find((one) => one && !one.passing) ?? outbox.trouble ?? link.trouble;
  const away = !navigator.onLine || Boolean(worst?.passing);

  if (waiting.length > 0)
    lines.push([
      stuck ? "" : "calm",
      `↑ ${t(stuck ? "unsent.count" : "sending", { n: waiting.length })}${stuck ? ` ${t("unsent.since", { time: clockTime(waiting[0].kept_at) })}` : ""}`,
    ]);
  else lines.push(["calm", aside === 0 ? `✓ ${t("all_sent")}` : ""]);
  if (aside > 0) lines.push(["", `! ${t("aside", { n: aside })}`]);
  if (away) lines.push(["", `${t("away")}${link.since ? ` ${t("away.since", { time: clockTime(link.since) })}` : ""}`]);

  if (worst && !worst.passing) {
    notices.push(["bad", worst.words]);
    if (worst.status === 401 && outbox.list.length > 0) notices.push(["bad", t("unsent.link")]);
  }
  if (away && at.sheet) notices.push(["", t("away.more", { time: at.seen ? clockTime(at.seen) : "–" })]);
  if (away && !at.sheet) notices.push(["", t("away.empty")]);
  if (!worst && link.listed === false && !away && !at.sheet) notices.push(["", t("none")]);
  if (!outbox.store.lasts) notices.push(["bad", t("keeps_nothing")]);
  if (isWrong())
    notices.push([
      "bad",
      t(clock.ahead > 0 ? "clock.ahead" : "clock.behind", {
        minutes: Math.max(1, Math.round(Math.abs(clock.ahead) / 60000)),
      }),
    ]);
  if (device.left != null && device.left < SHORT_BYTES)
    notices.push(["bad", t("space", { mb: Math.max(0, Math.floor(device.left / 1048576)) })]);
  if (outbox.others > 0) notices.push(["", t("others", { n: outbox.others })]);
  if (link.other) notices.push(["", t("other_link")]);
  if (at.paper) notices.push(["", t("paper.on")]);
  if (at.elsewhere && !away) notices.push(["", t(`elsewhere.${at.elsewhere}`)]);
  if (at.note) notices.push(["", at.note]);
  if (device.newer) notices.push(["", t("newer"), "newer"]);

  document.documentElement.dataset.unsent = waiting.length;
  document.documentElement.dataset.opens = device.opens === true;
  const shape = JSON.stringify([lang, lines, notices]);
  if (shape === shown) return;
  shown = shape;
  put(
    byId("state"),
    el(
      "div",
      { class: lines.some(([tone]) => tone === "") ? "line" : "line calm" },
      el(
        "p",
        {},
        lines.map(([, text]) => el("span", {}, text, lang === "en" ? " " : "")),
      ),
      el("button", { id: "look", onclick: actions.look }, t("look")),
    ),
  );
  put(
    byId("notices"),
    notices.map(([tone, text, what]) =>
      el(
        "div",
        { class: `say ${tone || "warm"}` },
        el("p", {}, text),
        what === "newer" && el("button", { onclick: actions.renew }, t("newer.load")),
      ),
    ),
  );
}
