/* What waits for somebody, above everything else: proposals of the other person, and counts that lead to their sheets. */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { field } from "/shared/fields.js";
import { t } from "/shared/i18n.js";
import { proposalWords } from "./chief-cases.js";
import { FILTERS, matching } from "./chief-grid.js";
import { unapproved } from "./chief-texts.js";
import { readyToSign } from "./chief-words.js";

const SELDOM = new Set(["doubted", "accept"]);

export function drawWaiting(desk) {
  const { view } = desk.at;
  const counts = Object.fromEntries(FILTERS.map((name) => [name, matching(view, name)]));
  const signable = view.forms.map((form) => [form.id, readyToSign(view, form.id)]).filter(([, who]) => who.length > 0);
  const texts = unapproved(view);
  const closed = texts.filter((form) => form.texts.closed).length;
  const shape = [view.proposals, counts, signable, texts.length, closed, desk.at.filter, desk.at.part, view.competitors];
  desk.anew("waiting", shape, () => [
    view.proposals.map((one) => proposal(desk, one)),
    texts.length > 0 && desk.at.part !== "texts" && textsWait(desk, texts.length, closed),
    el(
      "div",
      { class: "chips" },
      FILTERS.filter((name) => !SELDOM.has(name) || counts[name] > 0 || desk.at.filter === name).map((name) =>
        chip(desk, name, counts[name]),
      ),
    ),
    desk.office === "chief" &&
      signable.length > 0 &&
      el(
        "div",
        { class: "row signable" },
        signable.map(([form, who]) =>
          el(
            "button",
            { "data-key": `sign-${form}`, onclick: () => signAll(desk, form, who) },
            t("sign.form", { form, n: who.length }),
          ),
        ),
      ),
  ]);
}

function chip(desk, name, n) {
  const on = desk.at.part === "sheets" && desk.at.filter === name;
  return el(
    "button",
    {
      class: `chip ${name} ${n === 0 && name !== "all" ? "none" : ""}`,
      "aria-pressed": on ? "true" : "false",
      "data-key": `filter-${name}`,
      onclick: () => desk.point(name),
    },
    el("b", {}, n),
    " ",
    t(`filter.${name}`),
  );
}

function proposal(desk, one) {
  const own = one.by === desk.me || one.office === desk.office;
  return el(
    "div",
    { class: `say ${own ? "" : "warm"} proposal`, "data-proposal": one.id },
    el(
      "p",
      {},
      el("strong", {}, own ? t("proposal.own") : t("proposal.other", { office: t(`office.${one.office}`) })),
      " ",
      proposalWords(desk.at.view, one.act),
    ),
    el(
      "div",
      { class: "row" },
      !own &&
        el("button", { class: "main", "data-key": `yes-${one.id}`, onclick: () => approve(desk, one) }, t("approve")),
      el(
        "button",
        { "data-key": `no-${one.id}`, onclick: () => decline(desk, one, own) },
        t(own ? "withdraw" : "decline"),
      ),
    ),
  );
}

/** Forms nobody may mark before their texts are approved, or else some whose words were changed since (R11). */
const textsWait = (desk, n, closed) =>
  el(
    "div",
    { class: "say warm", "data-waits": "texts" },
    el("p", {}, closed > 0 ? t("texts.wait", { n: closed }) : t("texts.wait.changed", { n })),
    el("button", { class: "main", "data-key": "texts", onclick: () => desk.show("texts") }, t("texts.look")),
  );

async function approve(desk, one) {
  const sure = await ask(t("approve"), `${proposalWords(desk.at.view, one.act)} — ${t("approve.more")}`, {
    yes: t("approve"),
  });
  if (sure) await desk.acts.send("approve", { proposal: one.id });
}

async function decline(desk, one, own) {
  const text = el("textarea", { name: "reason", required: true, maxlength: 1000 });
  const given = await ask(t(own ? "withdraw" : "decline"), proposalWords(desk.at.view, one.act), {
    yes: t(own ? "withdraw" : "decline"),
    fields: [field(text, t("reason"))],
  });
  if (given?.reason) await desk.acts.send("decline", { proposal: one.id, reason: given.reason });
}

async function signAll(desk, form, who) {
  const sure = await ask(t("sign.form", { form, n: who.length }), t("sign.more"), { yes: t("sign") });
  if (sure) await desk.acts.send("sign-sheets", { form, competitors: who });
}
