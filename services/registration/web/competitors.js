/* The list of a competition's competitors, and what an organiser decides about each. */

import { bdi, el } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { input, select } from "/shared/fields.js";
import { flag } from "/shared/flags.js";
import { moment, t } from "/shared/i18n.js";
import { send } from "./session.js";
import { table } from "./table.js";

const TONE = { approved: "good", rejected: "bad", withdrawn: "bad", registered: "warm" };
const REASONS = ["incomplete", "ineligible", "duplicate", "full", "other"];

export function competitorTable(competition, people, act) {
  if (!people.length) return el("p", { class: "soft" }, t("nobody"));
  const heads = ["bib", "name", "country", "email", "age", "status", "since", "decide"];
  return table(
    t("competitors"),
    heads,
    inOrder(people).map((person) => line(competition, person, act)),
  );
}

/** Who waits for a decision comes first; the service's order otherwise. */
const inOrder = (people) => [
  ...people.filter((person) => person.status === "registered"),
  ...people.filter((person) => person.status !== "registered"),
];

/** A name in the order of its own language: the family name first where it is written in Chinese characters. */
function fullName({ given_name: given, family_name: family, id }) {
  const parts = [given, family].filter(Boolean);
  if (!parts.length) return id;
  return parts.every((part) => /^[\p{Script=Han}·]+$/u.test(part)) ? parts.reverse().join("") : parts.join(" ");
}

function line(competition, person, act) {
  const name = bdi(fullName(person));
  const minor = person.age_band !== "18+";
  const cell = (key, ...inside) => el("td", { "data-label": t(`col.${key}`) }, ...inside);
  return el(
    "tr",
    { "data-competitor": person.id },
    cell("bib", el("span", { class: "digits" }, person.bib ?? "–")),
    cell(
      "name",
      el("div", {}, el("strong", {}, name)),
      person.organisation && el("div", { class: "soft" }, bdi(person.organisation)),
      person.display_name && el("div", { class: "soft" }, t("shown.as"), " ", bdi(person.display_name)),
    ),
    cell("country", flag(person.country)),
    cell("email", bdi(person.email ?? "–")),
    cell(
      "age",
      el("div", {}, person.age_band),
      minor && el("div", { class: "soft" }, t(person.guardian_agreed ? "guardian.yes" : "guardian.no")),
    ),
    cell("status", el("span", { class: `tag ${TONE[person.status] ?? ""}` }, t(`status.${person.status}`))),
    cell("since", el("span", {}, moment(person.registered_at))),
    cell("decide", el("div", { class: "row" }, buttons(competition, person, act))),
  );
}

function buttons(competition, person, act) {
  const path = (verb) =>
    `/competitions/${encodeURIComponent(competition)}/competitors/${encodeURIComponent(person.id)}/${verb}`;
  const choice = (verb, tone, text, fields) =>
    el(
      "button",
      {
        class: tone,
        onclick: async () => {
          const given = await ask(`${t(verb)}: ${fullName(person)}`, text, {
            yes: t(verb),
            bad: tone === "bad",
            fields: fields?.(),
          });
          if (given) act(() => send(path(verb), given));
        },
      },
      t(verb),
    );
  return [
    person.status === "registered" &&
      choice("approve", "main", t("approve.text"), () => [
        input("bib", t("bib"), { inputmode: "numeric", pattern: "[0-9]{1,4}" }, t("bib.hint")),
      ]),
    person.status === "registered" &&
      choice("reject", "bad", t("reject.text"), () => [
        select(
          "reason",
          t("reason"),
          REASONS.map((key) => [key, t(`reason.${key}`)]),
          "incomplete",
        ),
      ]),
    person.status === "approved" && choice("withdraw", "bad", t("withdraw.text")),
  ];
}
