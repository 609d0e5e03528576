/* What is on this device: every mark that has not been acknowledged, one by one, and what the device can promise.
 *
 * Each can be looked at where it was given, and taken back while it has not left the device.
 */

import { byId, el, put } from "/shared/dom.js";
import { clockTime, lang, said, t } from "/shared/i18n.js";
import { isWrong } from "./clock.js";
import { doneAt } from "./entries.js";
import { nameOf } from "./names.js";
import { peopleOn } from "./people.js";
import { held } from "./queue.js";
import { spoken } from "./reading.js";
import { findAspect, formsOf } from "./sheet.js";

let shown = "";

export function openWaiting(page) {
  shown = "";
  const dialog = byId("waiting");
  drawWaiting(page, true);
  dialog.showModal();
}

export function drawWaiting(page, opening = false) {
  const dialog = byId("waiting");
  if (!dialog.open && !opening) return;
  const { at, outbox, device, clock } = page;
  const shape = JSON.stringify([lang, outbox.list, outbox.others, device, isWrong(), at.competition, at.sheet?.seq]);
  if (shape === shown) return;
  shown = shape;
  const back = dialog.contains(document.activeElement) && document.activeElement.dataset.entry;
  put(
    dialog,
    el("h2", {}, t("look")),
    el("p", {}, outbox.list.length > 0 ? t("queue.more", { n: outbox.list.length }) : `✓ ${t("all_sent")}`),
    outbox.list.length > 0 &&
      el(
        "ol",
        { class: "queue" },
        outbox.list.map((entry) => row(entry, page, dialog)),
      ),
    outbox.others > 0 && el("p", { class: "say" }, t("others", { n: outbox.others })),
    el("h3", {}, t("device")),
    facts(device, outbox, clock),
    el(
      "div",
      { class: "row" },
      el("button", { class: "main", "data-entry": "close", onclick: () => dialog.close() }, t("close")),
    ),
  );
  if (back) (dialog.querySelector(`[data-entry="${back}"]`) ?? dialog.querySelector("[data-entry=close]")).focus();
}

function row(entry, { at, outbox, actions }, dialog) {
  const { body, sheet } = entry;
  const here = entry.competition === at.competition && at.sheet;
  const { aspect } = here ? findAspect(at.sheet, body.aspect) : {};
  const form = here && formsOf(at.sheet).find((one) => one.id === sheet?.form);
  const who = here && whoIs(at.sheet, form, sheet?.competitor ?? body.competitor);
  const place = who ? nameOf(who) : said(at.all.find((one) => one.id === entry.competition)?.title ?? {});
  return el(
    "li",
    { "data-id": entry.id },
    el(
      "div",
      {},
      el("strong", {}, place, ` · ${body.aspect ?? body.form ?? ""}`),
      aspect && [" ", said(aspect.description)],
      el(
        "p",
        {},
        el("b", {}, body.act ? t(`act.${body.act}`) : aspect ? spoken(aspect, body) : ""),
        ` · ${t("marked", { time: clockTime(doneAt(entry)) })}`,
      ),
      el("p", { class: entry.refused ? "wrong" : "soft" }, standing(entry, outbox, actions)),
    ),
    el(
      "div",
      { class: "row" },
      form && el("button", { "data-entry": entry.id, onclick: () => (dialog.close(), actions.show(entry)) }, t("show")),
      !entry.tried && !entry.refused && el("button", { onclick: () => actions.takeBack(entry.id) }, t("take_back")),
      entry.refused && body.act && el("button", { onclick: () => actions.drop(entry.id) }, t("dismiss")),
    ),
  );
}

const whoIs = (sheet, form, id) =>
  (form ? peopleOn(sheet, form) : []).find((one) => one.id === id) ?? sheet.competitors.find((one) => one.id === id);

function standing(entry, outbox, actions) {
  if (entry.refused) return actions.words(entry.refused);
  if (held(outbox.list, entry)) return t("queue.held");
  return t(entry.tried ? "queue.tried" : "queue.waits");
}

function facts(device, outbox, clock) {
  const yes = (value, key) => t(value == null ? "fact.unknown" : `fact.${key}.${value ? "yes" : "no"}`);
  const rows = [
    ["fact.opens", device.worker ? yes(device.opens, "opens") : t("fact.opens.never")],
    ["fact.lasting", outbox.store.lasts ? yes(device.lasting, "lasting") : t("keeps_nothing")],
    ["fact.space", device.left == null ? t("fact.unknown") : t("fact.mb", { mb: Math.floor(device.left / 1048576) })],
    ["fact.clock", yes(clock.ahead == null ? null : !isWrong(), "clock")],
    ["fact.version", device.version ?? t("fact.unknown")],
  ];
  return el(
    "dl",
    { class: "facts" },
    rows.map(([key, text]) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, text))),
  );
}
