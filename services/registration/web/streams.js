/* Video streams on the organiser's page: rows for up to four, what viewers will get of each, and a preview.
 *
 * The preview is a page of broadcast in a frame, given what is typed: it shows what viewers will see and loads nothing
 * from anybody before play is pressed. What was typed is kept here until it is sent, because a change of language, or
 * anything else that is done on the page, builds the form anew.
 */

import { el, put, write } from "/shared/dom.js";
import { clearFaults, fault, input, select, values } from "/shared/fields.js";
import { lang, said, t } from "/shared/i18n.js";
import { faultOf, LONGEST, LONGEST_TITLE, MOST_STREAMS, recognise, tidy } from "/shared/streams.js";
import { form } from "./form.js";

const SHOWS = "autoplay; fullscreen; picture-in-picture; encrypted-media";
const drafts = new Map();

/** What was typed into these rows was sent, or is not wanted any more. */
export const forget = (key) => drafts.delete(key);

/** The streams in a form, as the service takes them. */
export const streamsIn = (raw) => Object.values(raw.streams ?? {}).map((one) => ({ ...one, url: tidy(one.url ?? "") }));

/** The streams as they were read, without what the service adds. */
export const plain = (streams) =>
  streams.map(({ url, title, lang: spoken }) => ({
    url,
    ...(title && { title: Object.fromEntries(Object.entries(title).filter(([, text]) => text)) }),
    ...(spoken && { lang: spoken }),
  }));

/** Say at each field what is wrong with its address; true when nothing is. */
export function streamsAreRight(node) {
  clearFaults(node);
  const seen = new Set();
  let first = null;
  for (const control of node.querySelectorAll("[name^='streams.'][name$='.url']")) {
    const url = tidy(control.value);
    const code = seen.has(url) ? "stream_twice" : faultOf(url);
    seen.add(url);
    if (!code) continue;
    fault(control, t(url ? `error.${code}` : "needed"));
    first ??= control;
  }
  first?.focus();
  return !first;
}

/** The rows, with a button for another one; `list` is what they begin with, unless more was typed under this `key`. */
export function streamRows(key, list) {
  const rows = el("div", { class: "streams", oninput: hold });
  const more = el("button", { type: "button", onclick: () => add({}).querySelector("input").focus() }, t("stream.add"));
  const limit = () => (more.hidden = rows.children.length >= MOST_STREAMS);

  function hold() {
    drafts.set(key, Object.values(values(rows).streams ?? {}));
  }

  function add(stream) {
    const row = streamRow(rows.children.length, stream, () => {
      row.remove();
      [...rows.children].forEach(number);
      hold();
      limit();
      (rows.querySelector("input") ?? more).focus();
    });
    rows.append(row);
    limit();
    return row;
  }

  (drafts.get(key) ?? list).forEach(add);
  return el("div", {}, rows, el("div", { class: "field" }, more));
}

/** Rows are numbered as the service will number them, so that what it finds wrong is said at the right one. */
function number(row, at) {
  write(row.querySelector("legend"), t("stream.number", { n: at + 1 }));
  for (const control of row.querySelectorAll("[name]")) control.name = control.name.replace(/\d+/, at);
}

function streamRow(at, stream, remove) {
  const name = `streams.${at}`;
  const shown = el("p", { class: "hint", role: "status" });
  const address = input(
    `${name}.url`,
    t("stream.url"),
    { type: "url", maxlength: LONGEST, value: stream.url ?? "", required: true, autocapitalize: "none", spellcheck: "false", oninput: tell },
    t("stream.url.hint"),
  );
  function tell() {
    const url = tidy(address.querySelector("input").value);
    const found = faultOf(url) ? null : recognise(url);
    write(shown, found ? t(`stream.kind.${found.kind}`, { host: found.host }) : "");
  }
  address.append(shown);
  tell();
  return el(
    "fieldset",
    {},
    el("legend", {}, t("stream.number", { n: at + 1 })),
    address,
    el(
      "div",
      { class: "pair" },
      input(`${name}.title.en`, t("title.en"), { maxlength: LONGEST_TITLE, value: stream.title?.en ?? "" }),
      input(`${name}.title.zh`, t("title.zh"), { maxlength: LONGEST_TITLE, value: stream.title?.zh ?? "", lang: "zh-Hans" }),
      select(
        `${name}.lang`,
        t("stream.lang"),
        ["", "en", "zh"].map((code) => [code, t(`stream.lang.${code || "any"}`)]),
        stream.lang ?? "",
        t("stream.lang.hint"),
      ),
    ),
    el("button", { type: "button", onclick: remove }, t("stream.remove")),
  );
}

/** The form of one showcase. `onSend` as of other forms; `broadcast` is the address viewers know, none without it. */
export function streamsForm(showcase, broadcast, onSend) {
  const preview = el("div");
  const saw = plain(showcase.streams);
  const built = form(
    t("stream.save"),
    async (json, node, trouble) => {
      if (streamsAreRight(node)) await onSend(json, node, trouble);
    },
    (raw) => ({ streams: streamsIn(raw), saw }),
    [
      el("p", {}, t("streams.text")),
      streamRows(showcase.id, saw.length ? saw : [{}]),
      broadcast &&
        el("div", { class: "field" }, el("button", { type: "button", onclick: show }, t("stream.preview"))),
      preview,
    ],
  );

  function show() {
    if (!streamsAreRight(built)) return;
    const list = streamsIn(values(built));
    const src = `${broadcast}/preview?lang=${lang}#${encodeURIComponent(JSON.stringify(list))}`;
    put(
      preview,
      list.length === 0
        ? el("p", {}, t("stream.none"))
        : el("iframe", { class: "preview", src, title: t("stream.preview.title"), allow: SHOWS }),
    );
  }
  return built;
}

/** The streams that are set, in a line each. */
export const streamList = (streams) =>
  el(
    "ul",
    { class: "set" },
    streams.map((one) => {
      const { host } = recognise(one.url);
      return el("li", {}, one.title && [said(one.title), " · "], t(`stream.kind.${one.kind}`, { host }));
    }),
  );
