/* Finalising: how far all sheets are, what still blocks the result (R47), and the decision of two people (R48). */

import { el } from "/shared/dom.js";
import { clockTime, moment, t } from "/shared/i18n.js";
import { amendable, departures } from "./chief-medals.js";
import { askReason } from "./chief-sheet.js";
import { SIGNS, bibOf, judge, stage } from "./chief-words.js";

const LISTED = 40;
let askedAt = 0;

export function drawFinish(desk) {
  const { view, missing } = desk.at;
  if (askedAt !== view.seq || !missing) load(desk);
  const stages = {};
  for (const form of view.forms)
    for (const [name, n] of Object.entries(form.stages)) stages[name] = (stages[name] ?? 0) + n;
  const people = [view.judges, view.competitors, view.departures, view.appeals];
  desk.anew("part", ["finish", stages, missing, desk.at.opinion, view.final, people], () => [
    view.final && el("section", { class: "card" }, final(view)),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("finish")),
      el(
        "p",
        { class: "row" },
        Object.keys(SIGNS)
          .filter((name) => stages[name])
          .map((name) => stage(name, el("b", { class: "digits" }, ` ${stages[name]}`))),
      ),
      missing ? blocks(desk, missing) : el("p", { class: "soft" }, t("loading")),
      missing?.length === 0 &&
        (!view.final || amendable(view)) &&
        el(
          "button",
          { class: "main", "data-key": "finalise", onclick: () => finalise(desk) },
          t(view.final ? "finalise.again" : "finalise"),
        ),
      el("p", { class: "hint" }, t("finalise.more")),
      verdict(desk),
    ),
    departures(desk),
  ]);
}

/** The second scorer's, of the moment in which it was asked. */
function verdict(desk) {
  const { opinion } = desk.at;
  return [
    el(
      "button",
      { "data-key": "opinion", onclick: () => ask(desk), disabled: opinion?.asking },
      t(opinion?.asking ? "opinion.asking" : "opinion.ask"),
    ),
    opinion?.agree && el("p", { class: "say good" }, `✓ ${t("opinion.agree", { time: clockTime(opinion.at) })}`),
    opinion?.agree === false && [
      el("p", { class: "say bad" }, t("opinion.differ", { n: opinion.differences.length })),
      el(
        "ul",
        {},
        opinion.differences.map((one) => el("li", {}, one.detail)),
      ),
    ],
  ];
}

async function ask(desk) {
  desk.at.opinion = { asking: true };
  desk.draw();
  try {
    desk.at.opinion = { ...(await desk.get("opinion", { again: 0, timeout: 60000 })), at: new Date() };
  } catch (problem) {
    desk.at.opinion = null;
    desk.acts.refused(problem);
  }
  desk.draw();
}

async function load(desk) {
  const { seq } = desk.at.view;
  askedAt = seq;
  try {
    desk.at.missing = await desk.get("missing");
  } catch {
    return; // the page says already that nobody answers, and asks again with the next view
  }
  if (desk.at.part === "finish") desk.draw();
}

function blocks(desk, missing) {
  if (missing.length === 0) return el("p", { class: "say good" }, `✓ ${t("missing.none")}`);
  const kinds = [...new Set(missing.map((one) => one.what))];
  return [
    el("p", { class: "say warm" }, t("missing.n", { n: missing.length })),
    kinds.map((kind) => {
      const found = missing.filter((one) => one.what === kind);
      return el(
        "details",
        { open: found.length <= 6, "data-missing": kind },
        el("summary", {}, el("b", {}, found.length), ` ${t(`missing.${kind}`)}`),
        el(
          "ul",
          {},
          found.slice(0, LISTED).map((one) => el("li", {}, blocked(desk, one))),
        ),
        found.length > LISTED && el("p", { class: "soft" }, t("missing.more", { n: found.length - LISTED })),
      );
    }),
  ];
}

function blocked(desk, one) {
  const { view } = desk.at;
  const words = [one.form, one.competitor && bibOf(view, one.competitor)].filter(Boolean).join(" · ");
  const detail = {
    not_locked: () => t(`stage.${one.detail === "open" ? "started" : one.detail}`),
    still_working: () => moment(one.detail),
    appeals_open_until: () => moment(one.detail),
    proposal_waiting: () => t(`act.${one.detail}`),
    appeal_open: () => null,
  };
  const said = (detail[one.what] ?? (() => one.detail))();
  const go = async () => {
    desk.show("sheets");
    await desk.open(one.form, one.competitor);
  };
  return [one.form && one.competitor ? el("button", { class: "link", onclick: go }, words) : words, said && ` ${said}`];
}

async function finalise(desk) {
  const given = await askReason(t("finalise"), t("finalise.sure"), { yes: t("propose") });
  if (given?.reason) await desk.acts.send("finalise", { reason: given.reason });
}

const final = (view) => [
  el("h2", {}, t("final", { n: view.final.version })),
  el(
    "p",
    {},
    moment(view.final.at),
    " · ",
    judge(view, view.final.proposed_by),
    " + ",
    judge(view, view.final.approved_by),
  ),
  el("p", { class: "soft" }, view.final.reason),
  el("p", { class: "soft long digits" }, view.final.digest),
];
