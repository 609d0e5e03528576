/* One sheet beside the grid: who marks it, every mark with its rounds, and what can be done with it now. */

import { ask } from "/shared/ask.js";
import { byId, el } from "/shared/dom.js";
import { field, select } from "/shared/fields.js";
import { said, t } from "/shared/i18n.js";
import { history } from "./chief-history.js";
import { namePanel } from "./chief-panels.js";
import { bibOf, judge, judgeLabel, judges, person, sheetName, stage, when } from "./chief-words.js";
import { origin } from "./origin.js";

const CODES = ["typing", "judging", "appeal", "outage", "scheme", "other"];

export function drawSheet(desk) {
  const { open, view, sheet } = desk.at;
  const place = byId("detail");
  place.hidden = !open;
  byId("desk").classList.toggle("split", Boolean(open));
  if (!open) return;
  const form = view.forms.find((one) => one.id === open.form);
  const row = view.sheets[open.form]?.[open.competitor];
  const apart = view.apart.filter((one) => one.form === open.form && one.competitor === open.competitor);
  desk.anew("detail", [open, row, sheet, form, apart, view.judges, view.competitors.length], () => [
    el(
      "header",
      {},
      el("h2", {}, `${open.form} `, said(form.name)),
      el(
        "button",
        { class: "quiet", "data-key": "close", onclick: () => desk.open(null), "aria-label": t("close") },
        "✕",
      ),
    ),
    el("p", {}, person(view, open.competitor)),
    el("p", {}, stage(row?.stage ?? "untouched"), sheet?.version > 1 && ` · ${t("version", { n: sheet.version })}`),
    row?.review && el("p", { class: "soft" }, t("review.more")),
    sheet && [
      team(view, sheet),
      sheet.own_panel && el("p", { class: "soft" }, t("panel.own")),
      actions(desk, sheet, row),
      el(
        "div",
        {},
        sheet.aspects.map((one) => aspect(desk, form, sheet, one)),
      ),
    ],
    !sheet && el("p", { class: "soft" }, t("loading")),
  ]);
}

function team(view, sheet) {
  const line = (name, content) => [el("dt", {}, t(name)), el("dd", {}, content)];
  const { seats, swap } = sheet;
  return el(
    "dl",
    {},
    seats
      ? [
          line("seats", seats.judges.length ? judges(view, seats.judges) : "–"),
          seats.coordinator && line("coordinator", judge(view, seats.coordinator)),
          seats.short > 0 &&
            line("note.short", el("strong", { class: "bad" }, `⚠ ${t("short.more", { n: seats.short })}`)),
        ]
      : line("seats", t("seats.open")),
    swap &&
      line("swap", [judge(view, swap.in), ` ${t("swap.for")} `, judge(view, swap.out), ` (${t(`swap.${swap.why}`)})`]),
    sheet.scorers.length > 0 && line("scorers", judges(view, sheet.scorers)),
    sheet.submitted_by && line("submitted", judge(view, sheet.submitted_by)),
    sheet.verified_by && line("verified", judge(view, sheet.verified_by)),
    sheet.doubted.length > 0 && line("doubted", sheet.doubted.join(", ")),
    sheet.typed.length > 0 && line("typed", sheet.typed.join(", ")),
    sheet.accepted_by && line("accepted", judge(view, sheet.accepted_by)),
    sheet.signed_by.length > 0 && line("signed", judges(view, sheet.signed_by)),
    ["verified", "signed"].includes(sheet.state) &&
      sheet.unsigned.length > 0 &&
      line("unsigned", judges(view, sheet.unsigned)),
  );
}

function actions(desk, sheet, row) {
  const chief = desk.office === "chief";
  const scored = sheet.scorers.includes(desk.me) || sheet.submitted_by === desk.me;
  const act = (key, onclick, tone = "") => el("button", { class: tone, "data-key": key, onclick }, t(key));
  const submitted = sheet.state === "submitted";
  const accepting = sheet.unaccepted.length > 0 && ["submitted", "verified", "signed"].includes(sheet.state);
  const signable = ["verified", "signed"].includes(sheet.state) && !accepting;
  const verifier = sheet.compatriots.length === 0;
  const found = [
    chief && submitted && !scored && act("verify", () => desk.acts.send("verify-sheet", place(sheet)), "main"),
    chief && accepting && verifier && !scored && act("accept", () => accept(desk, sheet), "main"),
    chief && signable && sheet.unsigned.length === 0 && act("sign", () => sign(desk, sheet), "main"),
    chief && (submitted || sheet.state === "verified") && act("return", () => giveBack(desk, sheet)),
    ["signed", "locked"].includes(sheet.state) && act("reopen", () => reopen(desk, sheet)),
    ["open", "remark", "reopened"].includes(sheet.state) &&
      act("panel.replace", () =>
        namePanel(
          desk,
          desk.at.view.forms.find((one) => one.id === sheet.form),
          sheet.competitor,
        ),
      ),
  ].filter(Boolean);
  return [
    sheet.doubted.length > 0 && el("p", { class: "soft" }, t("doubted.more")),
    accepting &&
      el(
        "p",
        { class: "soft" },
        verifier ? t("accept.verifier") : [t("accept.waits"), " ", judges(desk.at.view, sheet.compatriots)],
      ),
    chief &&
      signable &&
      sheet.unsigned.length > 0 &&
      el("p", { class: "soft" }, t("sign.waits", { n: sheet.unsigned.length })),
    chief && submitted && scored && el("p", { class: "soft" }, t("verify.other")),
    submitted && !chief && el("p", { class: "soft" }, t("chief.does")),
    row?.stage === "complete" && el("p", { class: "soft" }, t("complete.more")),
    found.length > 0 && el("div", { class: "row" }, found),
  ];
}

async function accept(desk, sheet) {
  const title = `${t("accept")} · ${sheetName(desk.at.view, sheet.form, sheet.competitor)}`;
  if (await ask(title, t("accept.more"), { yes: t("accept") }))
    await desk.acts.send("accept-typing", { ...place(sheet), saw: sheet.digest });
}

const place = (sheet) => ({ form: sheet.form, competitor: sheet.competitor });

async function sign(desk, sheet) {
  const title = `${t("sign")} · ${sheetName(desk.at.view, sheet.form, sheet.competitor)}`;
  if (await ask(title, t("sign.more"), { yes: t("sign") }))
    await desk.acts.send("sign-sheets", { form: sheet.form, competitors: [sheet.competitor] });
}

/** Ask for a reason and whatever else is needed; null when nothing is to be done. */
export async function askReason(title, text, { yes, bad = false, fields = [], min = 1 }) {
  const reason = el("textarea", { name: "reason", required: true, minlength: min, maxlength: 1000 });
  return ask(title, text, { yes, bad, fields: [...fields, field(reason, t("reason"))] });
}

async function giveBack(desk, sheet) {
  const title = `${t("return")} · ${sheetName(desk.at.view, sheet.form, sheet.competitor)}`;
  const given = await askReason(title, t("return.more"), { yes: t("return") });
  if (given?.reason) await desk.acts.send("return-sheet", { ...place(sheet), reason: given.reason });
}

async function reopen(desk, sheet) {
  const { view } = desk.at;
  const title = `${t("reopen")} · ${sheetName(view, sheet.form, sheet.competitor)}`;
  const mine = view.appeals.filter((one) => one.competitor === sheet.competitor);
  const given = await askReason(title, t("reopen.more"), {
    yes: t("propose"),
    fields: [
      select(
        "code",
        t("reopen.code"),
        CODES.map((code) => [code, t(`code.${code}`)]),
        mine.length ? "appeal" : "typing",
      ),
      mine.length > 0 &&
        select(
          "appeal",
          t("appeal"),
          [
            ["", "–"],
            ...mine.map((one) => [
              one.id,
              `${one.filed_at.slice(0, 16).replace("T", " ")} ${t(`appeal.${one.state}`)}`,
            ]),
          ],
          "",
        ),
    ].filter(Boolean),
  });
  if (given?.reason) await desk.acts.send("reopen-sheet", { ...place(sheet), ...given });
}

function aspect(desk, form, sheet, one) {
  const { view } = desk.at;
  const known = form.aspects.find((found) => found.id === one.id);
  const far = one.state === "remark" || one.state === "disputed";
  return el(
    "section",
    { class: `mark ${one.state}`, "data-aspect": one.id },
    el(
      "h3",
      {},
      el("span", { class: "digits" }, one.id),
      " ",
      said(known.description),
      el("small", { class: "soft" }, ` ${t("max", { n: Number(known.max) })}`),
    ),
    el(
      "p",
      {},
      el("b", { class: far ? "bad" : "" }, t(`mark.${one.full_marks ? "full" : one.state}`)),
      one.award && ` · ${t("award", { n: one.award.shown })}`,
    ),
    one.given?.map((given) => [
      el("p", { class: "soft" }, judge(view, given.judge), `: ${reading(given.value)} · ${when(given.at)}`),
      origin(given, (who) => judge(view, who)),
    ]),
    one.rounds?.map((round, index) =>
      el(
        "p",
        {},
        el("small", { class: "soft" }, t("round", { n: index + 1 }), " "),
        round.map((given, at) => [at > 0 && " · ", score(view, given)]),
      ),
    ),
    one.rounds?.at(-1)?.map((given) => given.check && origin({ check: given.check }, (who) => judge(view, who))),
    one.justified && el("p", { class: "soft" }, `${t("justified")} `, el("q", {}, one.justified)),
    one.state === "remark" &&
      !one.justified &&
      sheet.seats?.coordinator &&
      el("p", { class: "soft" }, t("justify.waits"), " ", judge(view, sheet.seats.coordinator)),
    one.hidden_by?.length > 0 &&
      el(
        "p",
        { class: "soft" },
        t("hidden.by"),
        " ",
        judges(
          view,
          one.hidden_by.map((given) => given.judge),
        ),
        ` — ${t("hidden.more")}`,
      ),
    (one.given || one.rounds?.length > 0) && history(desk, sheet.competitor, one.id, reading),
    one.state === "disputed" && desk.office === "chief" && decide(desk, sheet, one),
    one.state === "disputed" && desk.office !== "chief" && el("p", { class: "soft" }, t("chief.does")),
  );
}

const reading = (value) => (["met", "not_met", "not_attempted"].includes(value) ? t(`said.${value}`) : value);

const score = (view, given) =>
  el(
    "span",
    { class: "given", title: when(given.at) },
    given.pair && `${t("pair", { n: given.pair })} `,
    judge(view, given.judge),
    el("b", { class: "digits" }, `: ${given.score ?? reading(given.value)}`),
    given.paper && el("small", {}, ` ✎ ${t("origin.paper")}`),
  );

function decide(desk, sheet, one) {
  const last = one.rounds?.at(-1) ?? [];
  const pairs = last.filter((given) => given.pair);
  return el(
    "div",
    { class: "row" },
    el(
      "button",
      { class: "main", "data-key": `round-${one.id}`, onclick: () => order(desk, sheet, one) },
      t("order.round"),
    ),
    pairs.map((given) =>
      el(
        "button",
        { "data-key": `pair-${one.id}-${given.pair}`, onclick: () => choose(desk, sheet, one, given) },
        t("decide.pair", { n: given.pair, value: reading(given.value) }),
      ),
    ),
  );
}

async function order(desk, sheet, one) {
  const title = `${t("order.round")} · ${one.id} · ${bibOf(desk.at.view, sheet.competitor)}`;
  const given = await askReason(title, t("order.more"), { yes: t("order.round") });
  if (given?.reason)
    await desk.acts.send("order-round", { competitor: sheet.competitor, aspect: one.id, reason: given.reason });
}

async function choose(desk, sheet, one, pair) {
  const title = `${t("decide.pair", { n: pair.pair, value: reading(pair.value) })} · ${one.id}`;
  const given = await askReason(title, t("decide.more", { judge: judgeLabel(desk.at.view, pair.judge) }), {
    yes: t("decide"),
  });
  const fields = { competitor: sheet.competitor, aspect: one.id, pair: Number(pair.pair) };
  if (given?.reason) await desk.acts.send("decide-dual", { ...fields, reason: given.reason });
}
