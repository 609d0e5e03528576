/* The list of a competition's competitors, and what an organiser decides about each. */

import { bdi, el } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { input, select } from "/shared/fields.js";
import { flag } from "/shared/flags.js";
import { moment, t } from "/shared/i18n.js";
import { send } from "./session.js";

const TONE = { approved: "good", rejected: "bad", withdrawn: "bad", registered: "warm" };
const REASONS = ["incomplete", "ineligible", "duplicate", "full", "other"];

export function competitorTable(competition, people, act) {
  if (!people.length) return el("p", { class: "soft" }, t("nobody"));
  const heads = ["bib", "name", "country", "email", "age", "status", "since", "decide"];
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("competitors") },
    el("table", {}, el("thead", {}, el("tr", {}, heads.map((key) => el("th", { scope: "col" }, t(`col.${key}`))))),
      el("tbody", {}, people.map((person) => line(competition, person, act)))));
}

function line(competition, person, act) {
  const name = bdi(`${person.given_name ?? ""} ${person.family_name ?? ""}`.trim() || person.id);
  const minor = person.age_band !== "18+";
  return el("tr", { "data-competitor": person.id },
    el("td", { class: "digits" }, person.bib ?? "–"),
    el("td", {}, el("strong", {}, name), person.organisation && el("div", { class: "soft" }, bdi(person.organisation)),
      person.display_name && el("div", { class: "soft" }, t("shown.as"), " ", bdi(person.display_name))),
    el("td", {}, flag(person.country)), el("td", { class: "long" }, bdi(person.email ?? "–")),
    el("td", {}, person.age_band, minor && el("div", { class: "soft" }, t(person.guardian_agreed ? "guardian.yes" : "guardian.no"))),
    el("td", {}, el("span", { class: `tag ${TONE[person.status] ?? ""}` }, t(`status.${person.status}`))),
    el("td", {}, moment(person.registered_at)),
    el("td", {}, el("div", { class: "row" }, buttons(competition, person, act))));
}

function buttons(competition, person, act) {
  const path = (verb) => `/competitions/${encodeURIComponent(competition)}/competitors/${encodeURIComponent(person.id)}/${verb}`;
  const title = `${person.given_name ?? ""} ${person.family_name ?? ""}`.trim();
  const choice = (verb, tone, text, fields) => el("button", { class: tone, onclick: async () => {
    const given = await ask(`${t(verb)}: ${title}`, text, { yes: t(verb), bad: tone === "bad", fields: fields?.() });
    if (given) act(() => send(path(verb), given));
  } }, t(verb));
  return [
    person.status === "registered" && choice("approve", "main", t("approve.text"), () => [input("bib", t("bib"), { inputmode: "numeric", pattern: "[0-9]{1,4}" }, t("bib.hint"))]),
    person.status === "registered" && choice("reject", "bad", t("reject.text"), () => [select("reason", t("reason"), REASONS.map((key) => [key, t(`reason.${key}`)]), "incomplete")]),
    person.status === "approved" && choice("withdraw", "bad", t("withdraw.text")),
  ];
}
