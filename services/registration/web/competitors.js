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
const STANDING_TONE = { guest: "warm", disqualified: "bad" };
const STANDING_REASONS = {
  guest: ["out_of_competition", "ineligible"],
  disqualified: ["breach_of_rules", "unfair_help", "safety", "ineligible"],
};

/** `act` carries a command out, `show` shows the access sheet of a person, `undo` offers a way back. */
export function competitorTable(competition, people, { act, show, undo }) {
  if (!people.length) return el("p", { class: "soft" }, t("nobody"));
  const heads = ["bib", "name", "country", "email", "age", "status", "since", "decide"];
  return table(
    t("competitors"),
    heads,
    inOrder(people).map((person) => line(competition, person, { act, show, undo })),
  );
}

/** Who waits for a decision comes first; the service's order otherwise. */
const inOrder = (people) => [
  ...people.filter((person) => person.status === "registered"),
  ...people.filter((person) => person.status !== "registered"),
];

/** A name in the order of its own language: the family name first where it is written in Chinese characters. */
export function fullName({ given_name: given, family_name: family, id }) {
  const parts = [given, family].filter(Boolean);
  if (!parts.length) return id;
  return parts.every((part) => /^[\p{Script=Han}·]+$/u.test(part)) ? parts.reverse().join("") : parts.join(" ");
}

function line(competition, person, doing) {
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
    cell(
      "status",
      el("span", { class: `tag ${TONE[person.status] ?? ""}` }, t(`status.${person.status}`)),
      person.status === "approved" &&
        person.standing !== "competing" &&
        el(
          "div",
          {},
          el("span", { class: `tag ${STANDING_TONE[person.standing]}` }, t(`standing.${person.standing}`)),
          el("div", { class: "soft" }, t(`standing.reason.${person.standing_reason}`)),
        ),
    ),
    cell("since", el("span", { class: "when" }, moment(person.registered_at))),
    cell("decide", el("div", { class: "row wraps" }, buttons(competition, person, doing))),
  );
}

function buttons(competition, person, { act, show, undo }) {
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
  const stand = (standing, reason, saw) => send(path("standing"), { standing, reason, saw });
  const back = (saw) => act(() => stand("competing", "decided_anew", saw));
  const standing = (wanted, tone) =>
    el(
      "button",
      {
        class: tone,
        onclick: async () => {
          const given = await ask(`${t(`standing.to.${wanted}`)}: ${fullName(person)}`, t(`standing.${wanted}.text`), {
            yes: t(`standing.to.${wanted}`),
            bad: tone === "bad",
            fields: [
              select(
                "reason",
                t("reason"),
                STANDING_REASONS[wanted].map((key) => [key, t(`standing.reason.${key}`)]),
              ),
            ],
          });
          if (!given) return;
          await act(async () => {
            await stand(wanted, given.reason, person.standing);
            undo(() => t(`standing.done.${wanted}`, { who: fullName(person) }), () => back(wanted));
          });
        },
      },
      t(`standing.to.${wanted}`),
    );
  const waiting = person.status === "registered";
  const approved = person.status === "approved";
  return [
    waiting &&
      choice("approve", "main", t("approve.text"), () => [
        input("bib", t("bib"), { inputmode: "numeric", pattern: "[0-9]{1,4}" }, t("bib.hint")),
      ]),
    waiting &&
      choice("reject", "bad", t("reject.text"), () => [
        select(
          "reason",
          t("reason"),
          REASONS.map((key) => [key, t(`reason.${key}`)]),
          "incomplete",
        ),
      ]),
    approved &&
      el("button", { onclick: () => act(async () => show(await send(path("link")), person)) }, t("competitor.link")),
    approved &&
      person.standing !== "competing" &&
      el("button", { onclick: () => back(person.standing) }, t("standing.to.competing")),
    approved && person.standing === "competing" && standing("guest", ""),
    approved && person.standing !== "disqualified" && standing("disqualified", "bad"),
    approved && choice("withdraw", "bad", t("withdraw.text")),
    person.consents.length > 0 &&
      choice("withdraw-consent", "", t("withdraw-consent.text"), () => [
        select(
          "purpose",
          t("consent"),
          person.consents.map((key) => [key, t(`consent.${key}`)]),
          person.consents[0],
        ),
      ]),
  ];
}
