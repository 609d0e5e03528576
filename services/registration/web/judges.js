/* Judges: assign one, hand the access link over as link, QR code or paper, make a new link, revoke. */

import { bdi, el, newId, put, write } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { clearFaults, fault, input, select, tick } from "/shared/fields.js";
import { flag } from "/shared/flags.js";
import { moment, pick, said, t } from "/shared/i18n.js";
import { countries } from "./countries.js";
import { send } from "./session.js";
import { form } from "./showcases.js";
import { table } from "./table.js";

export function judgeForm(showcase, competitions, onSend) {
  let id = newId();
  const built = form(
    t("judge.add"),
    async (raw, node, trouble) => {
      clearFaults(node);
      const chosen = competitions.filter((one) => raw.seats?.[one.id.replace(".", "/")]).map((one) => one.id);
      if (!chosen.length) {
        fault(node.querySelector("[name^='seats.']"), t("judge.none"));
        return;
      }
      const { seats, days_valid: days, ...rest } = raw;
      if (await onSend({ id, ...rest, competitions: chosen, ...(days && { days_valid: Number(days) }) }, node, trouble))
        id = newId();
    },
    (raw) => raw,
    [
      el(
        "div",
        { class: "pair" },
        input("name", t("judge.name"), { maxlength: 80, required: true, autocomplete: "off" }),
        select("country", t("judge.country"), [["", t("choose")], ...countries()], "", t("judge.country.hint")),
        input("days_valid", t("judge.days"), { type: "number", min: 1, max: 400 }, t("judge.days.hint")),
      ),
      el(
        "fieldset",
        {},
        el("legend", {}, t("judge.competitions")),
        competitions.map((one) =>
          tick(`seats.${one.id.replace(".", "/")}`, said(one.title), null, { checked: competitions.length === 1 }),
        ),
      ),
    ],
  );
  built.querySelector("[name=country]").required = true;
  return built;
}

/** The access sheet. It is shown once and never listed again; a lost link is replaced by a new one. */
export function accessSheet(judge, competitions) {
  const link = el("input", {
    readonly: true,
    value: judge.link,
    "aria-label": t("judge.link"),
    onclick: () => link.select(),
  });
  const copied = el("span", { role: "status", class: "soft" });
  const copy = async () => {
    link.select();
    try {
      await navigator.clipboard.writeText(judge.link);
      write(copied, t("copied"));
    } catch {
      write(copied, document.execCommand("copy") ? t("copied") : t("copy.self"));
    }
  };
  const titles = judge.competitions
    .map((id) => pick(competitions.find((one) => one.id === id)?.title) || id)
    .join(", ");
  return el(
    "section",
    { class: "paper" },
    el("img", { src: picture(judge.qr), alt: t("judge.qr"), width: 192, height: 192 }),
    el(
      "div",
      {},
      el("h2", {}, bdi(judge.name), " ", flag(judge.country)),
      el("p", {}, titles),
      el("p", { class: "field" }, link),
      el("p", {}, t("judge.secret")),
      judge.expires_at && el("p", { class: "soft" }, t("judge.until", { time: moment(judge.expires_at) })),
      el(
        "div",
        { class: "row" },
        el("button", { class: "main", onclick: copy }, t("copy")),
        el("button", { onclick: () => print() }, t("print")),
        copied,
      ),
    ),
  );
}

const picture = (qr) => (qr?.startsWith("data:") ? qr : `data:image/svg+xml,${encodeURIComponent(qr ?? "")}`);

export function judgeTable(showcase, judges, act, show) {
  const path = (judge, verb) =>
    `/showcases/${encodeURIComponent(showcase)}/judges/${encodeURIComponent(judge.id)}/${verb}`;
  if (!judges.length) return el("p", { class: "soft" }, t("judge.nobody"));
  const revoke = async (judge) => {
    if (await ask(`${t("revoke")}: ${judge.name}`, t("revoke.text"), { yes: t("revoke"), bad: true }))
      act(() => send(path(judge, "revoke")));
  };
  const cell = (key, ...inside) => el("td", { "data-label": t(`col.${key}`) }, ...inside);
  const row = (judge) =>
    el(
      "tr",
      { "data-judge": judge.id },
      cell("name", el("strong", {}, bdi(judge.name))),
      cell("country", flag(judge.country)),
      cell("competitions", el("span", {}, judge.competitions.map((id) => id.split(".").pop()).join(", "))),
      cell(
        "status",
        el(
          "span",
          { class: `tag ${judge.revoked ? "bad" : "good"}` },
          t(judge.revoked ? "status.revoked" : "status.active"),
        ),
        !judge.revoked &&
          judge.expires_at &&
          el("div", { class: "soft" }, t("judge.until", { time: moment(judge.expires_at) })),
      ),
      cell(
        "decide",
        !judge.revoked &&
          el(
            "div",
            { class: "row" },
            el(
              "button",
              { onclick: () => act(async () => show(await send(path(judge, "link")))) },
              t("judge.newlink"),
            ),
            el("button", { class: "bad", onclick: () => revoke(judge) }, t("revoke")),
          ),
      ),
    );
  return table(t("judges"), ["name", "country", "competitions", "status", "decide"], judges.map(row));
}

export function putSheet(place, judge, competitions) {
  put(place, accessSheet(judge, competitions));
  place.scrollIntoView({ block: "nearest" });
}
