/* The registration page of one showcase.
 *
 * The id of a registration is made here, once per competition, and kept until the service has answered, so pressing twice,
 * a reload or a lost answer never registers anyone twice. Nothing is ticked beforehand: consents are off (R96), and the
 * guardian's agreement appears when the birth date makes it necessary (R95); the service decides, the page only helps.
 */

import { byId, el, newId, put, write } from "/shared/dom.js";
import { complete, input, keep, restore, select, showFaults, tick, values, wording } from "/shared/fields.js";
import { call } from "/shared/http.js";
import { bothZones, dayOf, lang, linked, pick, said, speak, t } from "/shared/i18n.js";
import { countries } from "/shared/countries.js";

const showcase = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const form = byId("form");
let event = null,
  outcome = null,
  boardUrl = "";

async function load() {
  try {
    event = (await call("GET", `/api/registration/showcases/${encodeURIComponent(showcase)}`)).body;
    boardUrl = (await call("GET", "/api/registration/addresses").catch(() => ({ body: {} }))).body.broadcast ?? "";
  } catch (problem) {
    outcome = {
      kind: "bad",
      words: () => (problem.status === 404 ? t("unknown") : problem.words),
      again: problem.passing,
    };
  }
  draw();
}

function draw() {
  drawOutcome();
  if (!event) return;
  write(byId("showcase"), pick(event.title));
  const { starts_on: from, ends_on: to } = event;
  write(byId("dates"), from === to ? dayOf(from) : `${dayOf(from)} – ${dayOf(to)}`);
  document.title = `${t("headline")} · ${pick(event.title)}`;
  const kept = keep(form);
  put(
    form,
    competitionPart(),
    personPart(),
    agreementPart(),
    consentPart(),
    el("div", { id: "trouble" }),
    el("button", { class: "main" }, t("send")),
  );
  if (kept.length) restore(form, kept);
  form.hidden = outcome?.kind === "good" || !event.competitions.some(isOpen);
  if (!outcome && form.hidden && !event.competitions.length) outcome = { kind: "", words: () => t("nothing") };
  guardian();
  drawOutcome();
}

function drawOutcome() {
  put(
    byId("say"),
    outcome &&
      el(
        "div",
        { class: `say ${outcome.kind}` },
        outcome.title && el("h2", { tabindex: "-1" }, outcome.title()),
        el("p", {}, outcome.words()),
        outcome.again && el("button", { onclick: () => location.reload() }, t("again")),
        outcome.more?.(),
      ),
    event &&
      form.hidden &&
      outcome?.kind !== "good" &&
      event.competitions.map((one) =>
        el("div", { class: "card" }, el("h2", {}, said(one.title)), el("p", {}, stateOf(one))),
      ),
  );
}

const isOpen = (one) => one.open !== false && one.places_left !== 0;

function stateOf(one) {
  const now = Date.now();
  if (now < Date.parse(one.opens_at)) return t("state.early", { time: bothZones(one.opens_at, null, event.timezone) });
  if (now >= Date.parse(one.closes_at))
    return t("state.closed", { time: bothZones(one.closes_at, null, event.timezone) });
  if (one.places_left === 0) return t("state.full");
  return t("state.open", { n: one.places_left, time: bothZones(one.closes_at, null, event.timezone) });
}

function competitionPart() {
  const first = event.competitions.find(isOpen);
  return el(
    "fieldset",
    { class: "card" },
    el("legend", { class: "hush" }, t("competition")),
    el("h2", {}, t("competition")),
    event.competitions.map((one) =>
      el(
        "label",
        { class: "choice" },
        el("input", {
          type: "radio",
          name: "competition",
          value: one.id,
          checked: one === first,
          disabled: !isOpen(one),
        }),
        el(
          "span",
          {},
          el("strong", {}, said(one.title)),
          el("small", {}, stateOf(one)),
          el("small", {}, t("minimum", { n: one.minimum_age, day: dayOf(event.starts_on) })),
        ),
      ),
    ),
  );
}

function personPart() {
  const given = input("given_name", t("given_name"), { autocomplete: "given-name", maxlength: 80, required: true });
  const family = input("family_name", t("family_name"), { autocomplete: "family-name", maxlength: 80, required: true });
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("about")),
    el("div", { class: "pair" }, lang === "zh" ? [family, given] : [given, family]),
    el(
      "div",
      { class: "pair" },
      input(
        "email",
        t("email"),
        { type: "email", autocomplete: "email", inputmode: "email", maxlength: 254, required: true },
        t("email.hint"),
      ),
      input(
        "birth_date",
        t("birth_date"),
        { type: "date", autocomplete: "bday", required: true, oninput: guardian },
        t("birth_date.hint"),
      ),
    ),
    el(
      "div",
      { class: "pair" },
      select("country", t("country"), [["", t("choose")], ...countries()], "", t("country.hint")),
      input("organisation", t("organisation"), { autocomplete: "organization", maxlength: 80 }, t("optional")),
    ),
  );
}

function agreementPart() {
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("agreement")),
    tick("agreed", t("agreed"), t("agreed.more"), { required: true }),
    el(
      "div",
      { id: "guardian", hidden: true },
      tick("guardian_agreed", t("guardian_agreed"), t("guardian_agreed.more")),
    ),
  );
}

function consentPart() {
  return el(
    "fieldset",
    { class: "card" },
    el("legend", { class: "hush" }, t("consents")),
    el("h2", {}, t("consents")),
    el("p", { class: "soft" }, t("consents.more")),
    ["named_results", "photo", "stream", "credential"].map((name) =>
      tick(`consents.${name}`, t(name), t(`${name}.more`)),
    ),
  );
}

/** Show the guardian's agreement to anyone who is under 18 on the first day. */
function guardian() {
  const birth = form.querySelector("[name=birth_date]")?.value;
  const adult = birth && `${Number(birth.slice(0, 4)) + 18}${birth.slice(4)}` <= event.starts_on;
  const part = byId("guardian");
  if (part) part.hidden = !birth || adult;
}

const draftKey = (competition) => `showcase.registration.${competition}`;

function draftId(competition) {
  const known = sessionStorage.getItem(draftKey(competition)) ?? newId();
  sessionStorage.setItem(draftKey(competition), known);
  return known;
}

form.addEventListener("submit", async (submission) => {
  submission.preventDefault();
  form.querySelector("[name=country]").required = true;
  if (!complete(form)) return;
  const { competition, ...person } = values(form);
  const button = form.querySelector("button.main");
  button.disabled = true;
  write(button, t("sending"));
  put(byId("trouble"));
  try {
    const answer = await call("POST", `/api/registration/competitions/${encodeURIComponent(competition)}/competitors`, {
      again: 3,
      json: { id: draftId(competition), locale: lang, guardian_agreed: false, ...person },
    });
    sessionStorage.removeItem(draftKey(competition));
    outcome = success(
      answer.status === 200 && person.email,
      person.guardian_agreed === false && !byId("guardian").hidden,
    );
    draw();
    byId("say").querySelector("h2").focus();
    scrollTo({ top: 0 });
  } catch (problem) {
    const rest = showFaults(form, problem);
    // An id that was used for somebody else's registration is of no more use; the next attempt is a new one.
    if (problem.status === 409) sessionStorage.removeItem(draftKey(competition));
    const lines =
      rest.length && problem.status === 422
        ? rest.map((item) => `${item.field ?? ""} ${wording(problem, item)}`)
        : [problem.faults.length ? t("check") : problem.words];
    put(
      byId("trouble"),
      el(
        "div",
        { class: "say bad", role: "alert" },
        lines.map((line) => el("p", {}, line)),
      ),
    );
  } finally {
    button.disabled = false;
    write(button, t("send"));
  }
});

function success(again, guardianMissing) {
  return {
    kind: "good",
    title: () => t(again ? "done.again" : "done"),
    words: () => t(guardianMissing ? "done.guardian" : "done.next"),
    more: () => boardUrl && el("p", {}, el("a", { href: `${boardUrl}${linked(`/s/${showcase}`)}` }, t("watch"))),
  };
}

await speak("/registration/words/register", draw);
load();
