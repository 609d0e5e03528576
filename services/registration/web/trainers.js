/* Trainers: name one for some competitors, make a new link, revoke; and the access sheets of both. */

import { bdi, el, newId } from "/shared/dom.js";
import { ask } from "/shared/ask.js";
import { clearFaults, fault, input, tick } from "/shared/fields.js";
import { flag } from "/shared/flags.js";
import { said, t } from "/shared/i18n.js";
import { fullName } from "./competitors.js";
import { accessState } from "./judges.js";
import { send } from "./session.js";
import { accessSheet } from "./sheet.js";
import { form } from "./form.js";
import { table } from "./table.js";

const following = (people) => people.filter((one) => ["registered", "approved"].includes(one.status));

/** `fields` are the competitions, each with its people. */
export function trainerForm(fields, onSend) {
  let id = newId();
  return form(
    t("trainer.add"),
    async ({ pupils = {}, trainer_name: name, trainer_days: days }, node, trouble) => {
      clearFaults(node);
      const competitors = Object.keys(pupils).filter((one) => pupils[one]);
      if (!competitors.length) {
        fault(node.querySelector("[name^='pupils.']"), t("trainer.none"));
        return;
      }
      const competitions = fields
        .filter(({ people }) => people.some((one) => competitors.includes(one.id)))
        .map(({ competition }) => competition.id);
      const body = { id, name, competitors, competitions, ...(days && { days_valid: Number(days) }) };
      if (await onSend(body, node, trouble)) id = newId();
    },
    (raw) => raw,
    [
      el("p", { class: "soft" }, t("trainer.may")),
      el(
        "div",
        { class: "pair" },
        input("trainer_name", t("trainer.name"), { maxlength: 80, required: true, autocomplete: "off" }),
        input("trainer_days", t("trainer.days"), { type: "number", min: 1, max: 400 }, t("judge.days.hint")),
      ),
      fields
        .filter(({ people }) => following(people).length)
        .map(({ competition, people }) =>
          el(
            "fieldset",
            {},
            el("legend", {}, said(competition.title)),
            el(
              "div",
              { class: "pupils" },
              following(people).map((one) =>
                tick(`pupils.${one.id}`, [one.bib, one.bib && " ", bdi(fullName(one)), " ", flag(one.country)], null),
              ),
            ),
          ),
        ),
    ],
  );
}

const names = (ids, people) =>
  ids.map((id) => people.find((one) => one.id === id)).map((one) => (one ? fullName(one) : "–"));

export const trainerSheet = (trainer, people) =>
  accessSheet(trainer, {
    name: trainer.name,
    more: [`${t("trainer")} · ${names(trainer.competitors, people).join(", ")}`],
    secret: t("secret.trainer"),
  });

export const ownSheet = (access, person) =>
  accessSheet(access, {
    name: fullName(person),
    mark: flag(person.country),
    more: [`${t("competitor")}${person.bib ? ` · ${t("bib")} ${person.bib}` : ""}`],
    secret: t("secret.competitor"),
  });

export function trainerTable(showcase, trainers, people, act, show) {
  const path = (one, verb) =>
    `/showcases/${encodeURIComponent(showcase)}/trainers/${encodeURIComponent(one.id)}/${verb}`;
  if (!trainers.length) return el("p", { class: "soft" }, t("trainer.nobody"));
  const revoke = async (one) => {
    if (await ask(`${t("revoke")}: ${one.name}`, t("trainer.revoke"), { yes: t("revoke"), bad: true }))
      act(() => send(path(one, "revoke")));
  };
  const cell = (key, ...inside) => el("td", { "data-label": t(`col.${key}`) }, ...inside);
  const row = (one) =>
    el(
      "tr",
      { "data-trainer": one.id },
      cell("name", el("strong", {}, bdi(one.name))),
      cell("pupils", el("span", {}, names(one.competitors, people).join(", "))),
      cell("status", ...accessState(one)),
      cell(
        "decide",
        !one.revoked &&
          el(
            "div",
            { class: "row" },
            el("button", { onclick: () => act(async () => show(await send(path(one, "link")))) }, t("judge.newlink")),
            el("button", { class: "bad", onclick: () => revoke(one) }, t("revoke")),
          ),
      ),
    );
  return table(t("trainers"), ["name", "pupils", "status", "decide"], trainers.map(row));
}
