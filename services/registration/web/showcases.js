/* Forms for a new showcase and for a new competition in it. Times are typed in the host's zone. */

import { el } from "/shared/dom.js";
import { input, select, tick } from "/shared/fields.js";
import { here, t } from "/shared/i18n.js";
import { form } from "./form.js";
import { streamRows, streamsAreRight, streamsIn } from "./streams.js";
import { instant, zones } from "./zones.js";

const SLUG = {
  pattern: "[a-z0-9]([a-z0-9\\-]{0,38}[a-z0-9])?",
  required: true,
  autocapitalize: "none",
  spellcheck: "false",
};
const titles = (prefix) =>
  el(
    "div",
    { class: "pair" },
    input(`${prefix}.en`, t("title.en"), { maxlength: 200 }),
    input(`${prefix}.zh`, t("title.zh"), { maxlength: 200, lang: "zh-Hans" }),
  );

export function showcaseForm(onSend) {
  const sessions = el("div", { class: "sessions" });
  const add = () => sessions.append(sessionRow(sessions.children.length));
  return form(
    t("create"),
    async (json, node, trouble) => {
      if (streamsAreRight(node)) await onSend(json, node, trouble);
    },
    (raw) => ({
      ...raw,
      streams: streamsIn(raw),
      programme: Object.values(raw.programme ?? {})
        .filter((one) => one.starts_at && one.ends_at)
        .map((one) => ({
          ...one,
          starts_at: instant(one.starts_at, raw.timezone),
          ends_at: instant(one.ends_at, raw.timezone),
        })),
    }),
    [
      titles("title"),
      el(
        "div",
        { class: "pair" },
        input("id", t("slug"), SLUG, t("slug.hint")),
        select(
          "timezone",
          t("timezone"),
          zones().map((zone) => [zone, zone.replaceAll("_", " ")]),
          here,
          t("timezone.hint"),
        ),
      ),
      el(
        "div",
        { class: "pair" },
        input("starts_on", t("starts_on"), { type: "date", required: true }),
        input("ends_on", t("ends_on"), { type: "date", required: true }),
      ),
      el("h3", {}, t("programme")),
      sessions,
      el("div", { class: "field" }, el("button", { type: "button", onclick: add }, t("session.add"))),
      el("h3", {}, t("streams")),
      streamRows("", []),
    ],
  );
}

const sessionRow = (at) =>
  el(
    "div",
    { class: "pair" },
    input(`programme.${at}.starts_at`, t("starts_at"), { type: "datetime-local" }),
    input(`programme.${at}.ends_at`, t("ends_at"), { type: "datetime-local" }),
    input(`programme.${at}.title.en`, t("title.en"), { maxlength: 200 }),
    input(`programme.${at}.title.zh`, t("title.zh"), { maxlength: 200, lang: "zh-Hans" }),
  );

export function competitionForm(zone, onSend) {
  return form(
    t("competition.add"),
    onSend,
    (raw) => ({
      ...raw,
      capacity: Number(raw.capacity),
      minimum_age: Number(raw.minimum_age),
      opens_at: instant(raw.opens_at, zone),
      closes_at: instant(raw.closes_at, zone),
    }),
    [
      titles("title"),
      el(
        "div",
        { class: "pair" },
        input("slug", t("slug"), SLUG, t("slug.hint")),
        input("capacity", t("capacity"), { type: "number", min: 1, max: 1000, value: "10", required: true }),
        input("minimum_age", t("minimum_age"), { type: "number", min: 14, max: 99, value: "16", required: true }),
      ),
      el(
        "div",
        { class: "pair" },
        input("opens_at", t("opens_at"), { type: "datetime-local", required: true }, zone),
        input("closes_at", t("closes_at"), { type: "datetime-local", required: true }, zone),
      ),
      select(
        "board_mode",
        t("board_mode"),
        ["progress", "rank", "marks"].map((mode) => [mode, t(`mode.${mode}`)]),
        "progress",
        t("board_mode.hint"),
      ),
      select(
        "kind",
        t("kind"),
        ["competition", "training"].map((kind) => [kind, t(`kind.${kind}`)]),
        "competition",
        t("kind.hint"),
      ),
      tick("bilingual", t("bilingual"), t("bilingual.hint")),
    ],
  );
}
