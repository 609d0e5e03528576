/* Judges and other officials: assign a person to an office, make a new link, revoke. */

import { bdi, el, newId, put } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { clearFaults, fault, input, select, tick } from "/shared/fields.js";
import { flag } from "/shared/flags.js";
import { moment, pick, said, t } from "/shared/i18n.js";
import { countries } from "/shared/countries.js";
import { send } from "./session.js";
import { accessSheet } from "./sheet.js";
import { form } from "./form.js";
import { table } from "./table.js";

const OFFICES = ["judge", "chief", "manager", "presenter"];
const ONE_IS_ADVISED = ["chief", "manager"];

export function judgeForm(competitions, judges, onSend) {
  let id = newId();
  const twice = el("div", { role: "status" });
  const seatsOf = (raw) => competitions.filter((one) => raw[one.id]).map((one) => one.id);
  const built = form(
    t("judge.add"),
    async (raw, node, trouble) => {
      clearFaults(node);
      const chosen = seatsOf(flat(raw.seats));
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
      el("fieldset", { class: "offices" }, el("legend", {}, t("office")), OFFICES.map(officeChoice)),
      el(
        "fieldset",
        {},
        el("legend", {}, t("judge.competitions")),
        competitions.map((one) =>
          tick(`seats.${one.id.replace(".", "/")}`, said(one.title), null, { checked: competitions.length === 1 }),
        ),
      ),
      twice,
    ],
  );
  built.querySelector("[name=country]").required = true;
  // One chief expert and one competition manager is the custom; more are possible, so this only says so.
  built.addEventListener("change", () => {
    const office = built.querySelector("[name=office]:checked").value;
    const ticked = competitions.filter(
      (one) => built.querySelector(`[name="seats.${CSS.escape(one.id.replace(".", "/"))}"]`).checked,
    );
    const held = judges.filter(
      (one) => !one.revoked && one.office === office && ticked.some(({ id: seat }) => one.competitions.includes(seat)),
    );
    put(
      twice,
      ONE_IS_ADVISED.includes(office) &&
        held.length > 0 &&
        el(
          "div",
          { class: "say warm" },
          el(
            "p",
            {},
            t("office.twice", { office: t(`office.${office}`), who: held.map((one) => one.name).join(", ") }),
          ),
        ),
    );
  });
  return built;
}

/** The form's ticks by the id of the competition, whose dot stands as a slash in a field's name. */
const flat = (seats = {}) => Object.fromEntries(Object.entries(seats).map(([key, on]) => [key.replace("/", "."), on]));

const officeChoice = (office) =>
  el(
    "label",
    { class: "tick choice" },
    el("input", {
      type: "radio",
      name: "office",
      value: office,
      checked: office === "judge",
      "aria-labelledby": `office-${office}`,
      "aria-describedby": `office-${office}-may`,
    }),
    el(
      "span",
      {},
      el("span", { id: `office-${office}` }, t(`office.${office}`)),
      el("small", { id: `office-${office}-may` }, t(`office.${office}.may`)),
    ),
  );

export const judgeSheet = (judge, competitions) =>
  accessSheet(judge, {
    name: judge.name,
    mark: flag(judge.country),
    more: [
      `${t(`office.${judge.office}`)} · ${judge.competitions
        .map((id) => pick(competitions.find((one) => one.id === id)?.title) || id)
        .join(", ")}`,
    ],
    secret: t(`secret.${judge.office}`),
  });

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
      cell("office", el("span", {}, t(`office.${judge.office}`))),
      cell("country", flag(judge.country)),
      cell("competitions", el("span", {}, judge.competitions.map((id) => id.split(".").pop()).join(", "))),
      cell("status", ...accessState(judge)),
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
  return table(t("judges"), ["name", "office", "country", "competitions", "status", "decide"], judges.map(row));
}

/** Whether somebody's link works, and until when. */
export const accessState = (one) => [
  el("span", { class: `tag ${one.revoked ? "bad" : "good"}` }, t(one.revoked ? "status.revoked" : "status.active")),
  !one.revoked && one.expires_at && el("div", { class: "soft" }, t("judge.until", { time: moment(one.expires_at) })),
];
