/* Who marks which form: panels with their seats, conflicts of interest, and who stepped in for whom (R26 to R29). */

import { ask } from "/shared/ask.js";
import { el } from "/shared/dom.js";
import { field, input, select, tick } from "/shared/fields.js";
import { said, t } from "/shared/i18n.js";
import { askReason } from "./chief-sheet.js";
import { bibOf, judge, judgeLabel, judges, markers, person, sheetName } from "./chief-words.js";

const SEATS = 6;
const KINDS = ["college", "trainer", "family", "other"];

export function drawPanels(desk) {
  const { view } = desk.at;
  const { forms, conflicts: declared, swaps: swapped, competitors, ranked } = view;
  desk.anew("part", ["panels", forms, view.judges, declared, swapped, competitors, ranked, view.proposals], () => [
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("panels")),
      el("p", { class: "hint" }, t("panels.more")),
      panels(desk),
    ),
    el("section", { class: "card" }, el("h2", {}, t("conflicts")), conflicts(desk)),
    view.swaps.length > 0 && el("section", { class: "card" }, el("h2", {}, t("swaps")), swaps(view)),
    el("section", { class: "card" }, el("h2", {}, t("ranking")), ranking(desk)),
  ]);
}

const cell = (label, ...content) => el("td", { "data-label": t(label) }, ...content);
const columns = (...names) =>
  el(
    "thead",
    {},
    el(
      "tr",
      {},
      names.map((name) => el("th", { scope: "col" }, t(name))),
    ),
  );

function panels(desk) {
  const { view } = desk.at;
  return el(
    "table",
    { class: "cards" },
    columns("form", "seats", "coordinator", "panel.mode", "blind.judges", "panel.do"),
    el(
      "tbody",
      {},
      view.forms.map((form) =>
        el(
          "tr",
          { "data-form": form.id },
          cell("form", el("span", {}, el("b", {}, form.id), " ", said(form.name))),
          cell("seats", el("span", {}, form.panel ? judges(view, form.panel.judges) : t("seats.open"))),
          cell("coordinator", form.panel?.coordinator ? judge(view, form.panel.coordinator) : "–"),
          cell("panel.mode", form.panel ? t(`mode.${form.panel.mode}`) : "–"),
          cell("blind.judges", blindSwitch(desk, form)),
          cell(
            "panel.do",
            el("button", { "data-key": `panel-${form.id}`, onclick: () => namePanel(desk, form) }, t("panel.name")),
          ),
        ),
      ),
    ),
  );
}

const blindSwitch = (desk, form) =>
  el(
    "button",
    {
      role: "switch",
      "aria-checked": form.blind ? "true" : "false",
      "aria-label": `${form.id}: ${t("blind.form")}`,
      "data-key": `blind-${form.id}`,
      onclick: () => blind(desk, form),
    },
    t(form.blind ? "blind.on" : "blind.off"),
  );

/** R32. */
async function blind(desk, { id, blind: now }) {
  const yes = t(now ? "blind.stop" : "blind.start");
  const sure = await ask(`${yes} · ${id}`, t(now ? "blind.stop.more" : "blind.start.more"), { yes });
  if (!sure) return;
  const undo = { act: "blind-forms", fields: { forms: [id], blind: now } };
  await desk.acts.send("blind-forms", { forms: [id], blind: !now }, { undo });
}

/** Name the panel of a form, or with `competitor` of one sheet of it. */
export async function namePanel(desk, form, competitor) {
  const { view } = desk.at;
  const choices = [["", "–"], ...markers(view).map((one) => [one.id, judgeLabel(view, one.id)])];
  const now = form.panel;
  const dual = form.aspects.some((one) => one.dual);
  const seat = (n) => select(`seat.${n}`, t("seat", { n: n + 1 }), choices, now?.judges[n] ?? "");
  const given = await ask(
    competitor ? `${t("panel.replace")} · ${sheetName(view, form.id, competitor)}` : `${t("panel.name")} · ${form.id}`,
    [t(dual ? "panel.dual" : "panel.more"), competitor && t("panel.exception")].filter(Boolean).join(" "),
    {
      yes: t(competitor ? "propose" : "panel.name"),
      fields: [
        el(
          "div",
          { class: "pair" },
          Array.from({ length: SEATS }, (_, n) => seat(n)),
          select("coordinator", t("coordinator"), choices, now?.coordinator ?? ""),
        ),
        !competitor &&
          select(
            "mode",
            t("panel.mode"),
            [
              ["", t("mode.found")],
              ["mirrored", t("mode.mirrored")],
            ],
            now?.mode === "mirrored" ? "mirrored" : "",
          ),
        competitor
          ? field(el("textarea", { name: "reason", required: true, maxlength: 1000 }), t("reason"))
          : field(el("textarea", { name: "reason", maxlength: 1000 }), t("reason.maybe"), t("mode.mirrored.more")),
        !competitor && tick("all", t("panel.all"), t("panel.all.more")),
      ].filter(Boolean),
    },
  );
  if (!given) return;
  const team = Array.from({ length: SEATS }, (_, n) => given.seat?.[n]).filter(Boolean);
  const acts = (given.all ? view.forms : [form]).map((one) => ["name-panel", panelOf(one, team, given, competitor)]);
  if (acts.length === 1) await desk.acts.send(...acts[0], { undo: former(form, competitor) });
  else await desk.acts.sendAll(acts);
}

function panelOf(form, team, { coordinator, mode, reason }, competitor) {
  // Two pairs measure where a form says so: who sits first and second, and the rest (R39).
  const pairs = form.aspects.some((one) => one.dual) ? [team.slice(0, 2), team.slice(2)] : null;
  return {
    form: form.id,
    judges: team,
    ...(mode && { mode }),
    ...(coordinator && { coordinator }),
    ...(pairs && { pairs }),
    ...(reason && { reason }),
    ...(competitor && { competitor }),
  };
}

/** What puts the panel back that was there before; a mirrored one takes two people again. */
function former(form, competitor) {
  if (!form.panel || competitor || form.panel.mode === "mirrored") return undefined;
  const { judges: team, coordinator, pairs } = form.panel;
  return {
    act: "name-panel",
    fields: { form: form.id, judges: team, ...(coordinator && { coordinator }), ...(pairs && { pairs }) },
  };
}

function conflicts(desk) {
  const { view } = desk.at;
  return [
    view.conflicts.length === 0 && el("p", { class: "soft" }, t("conflicts.none")),
    view.conflicts.map((one) =>
      el(
        "p",
        { class: "item" },
        judge(view, one.judge),
        " – ",
        person(view, one.competitor),
        ` · ${t(`kind.${one.kind}`)}`,
        one.note && el("span", { class: "soft" }, ` · ${one.note}`),
        desk.office === "chief" &&
          el(
            "button",
            { "data-key": `clear-${one.judge}-${one.competitor}`, onclick: () => clear(desk, one) },
            t("conflict.clear"),
          ),
      ),
    ),
    desk.office === "chief" &&
      el("button", { class: "main", "data-key": "declare", onclick: () => declare(desk) }, t("conflict.declare")),
  ];
}

async function declare(desk) {
  const { view } = desk.at;
  const given = await ask(t("conflict.declare"), t("conflict.more"), {
    yes: t("conflict.declare"),
    fields: [
      select(
        "judge",
        t("judge"),
        markers(view).map((one) => [one.id, judgeLabel(view, one.id)]),
      ),
      select(
        "competitor",
        t("competitor"),
        view.competitors.map((one) => [one.id, `${one.bib} ${one.name}`]),
      ),
      select(
        "kind",
        t("conflict.kind"),
        KINDS.map((kind) => [kind, t(`kind.${kind}`)]),
      ),
      input("note", t("note"), { maxlength: 1000 }),
    ],
  });
  if (!given) return;
  const undo = {
    act: "clear-conflict",
    fields: { judge: given.judge, competitor: given.competitor, reason: t("undo.reason") },
  };
  await desk.acts.send("declare-conflict", given, { undo });
}

async function clear(desk, one) {
  const title = `${t("conflict.clear")} · ${judgeLabel(desk.at.view, one.judge)} – ${bibOf(desk.at.view, one.competitor)}`;
  const given = await askReason(title, t("conflict.clear.more"), { yes: t("conflict.clear") });
  if (given?.reason)
    await desk.acts.send("clear-conflict", { judge: one.judge, competitor: one.competitor, reason: given.reason });
}

/** A competition without enough eligible judges ranks nobody, if two people decide so (R29). */
function ranking(desk) {
  const { ranked, final, proposals } = desk.at.view;
  const waits = proposals.some((one) => one.act.act === "set-ranking");
  const propose = t(ranked ? "ranking.stop" : "ranking.start");
  return [
    el("p", { class: ranked ? "soft" : "" }, t(ranked ? "ranking.on" : "ranking.off")),
    !waits &&
      (!final || desk.at.view.appeals.some((one) => ["upheld", "partly_upheld"].includes(one.state))) &&
      el("button", { "data-key": "ranking", onclick: () => setRanking(desk, !ranked, propose) }, propose),
  ];
}

async function setRanking(desk, ranked, title) {
  const given = await askReason(title, t(ranked ? "ranking.start.more" : "ranking.stop.more"), { yes: t("propose") });
  if (given?.reason) await desk.acts.send("set-ranking", { ranked, reason: given.reason });
}

const swaps = (view) =>
  view.swaps.map((one) =>
    el(
      "p",
      { class: "item" },
      el("b", {}, sheetName(view, one.form, one.competitor)),
      ": ",
      judge(view, one.steps_in),
      ` ${t("swap.for")} `,
      judge(view, one.steps_out),
      ` (${t(`swap.${one.why}`)})`,
    ),
  );
