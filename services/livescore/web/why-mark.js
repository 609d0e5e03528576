/* Why a mark is what it is, in words: the rule, readings or rounds of scores, the formula, what an outage changed.
 *
 * The service explains in data, hidden scores left out (R21); the formula is mathematics and needs no language.
 */

import { el } from "/shared/dom.js";
import { moment, pick, said, t } from "/shared/i18n.js";
import { origin } from "./origin.js";
import { explained } from "./why-rank.js";

const reading = (value) => (["met", "not_met", "not_attempted"].includes(value) ? t(`said.${value}`) : value);

/** Given without a network, perhaps: a mark that arrived more than a minute after it was made. */
const arrivedLate = (one) => one.received_at && Date.parse(one.received_at) - Date.parse(one.marked_at) > 60000;

const given = (one, what) => [
  el(
    "p",
    {},
    el("strong", { class: "digits" }, what),
    one.counts === false && ` (${t("why.replaced")})`,
    el("br"),
    el("small", { class: "soft" }, t("why.by", { judge: one.judge, at: moment(one.marked_at), seq: one.seq })),
    arrivedLate(one) && el("small", { class: "soft" }, " ", t("why.received", { at: moment(one.received_at) })),
  ),
  origin(one, (who) => who),
];

const round = (one) => [
  el("dt", {}, t("why.round", { n: one.round }), " · ", t(one.stands ? "why.stands" : "why.again")),
  el(
    "dd",
    {},
    one.justification && el("blockquote", {}, one.justification),
    (one.scores ?? []).map((each) => given(each, String(each.score))),
    (one.pairs ?? []).map((each) =>
      given(each, `${t("why.pair", { n: each.pair })}: ${reading(each.value)} → ${each.award.shown}`),
    ),
  ),
];

const outage = (one) =>
  el(
    "p",
    {},
    t(`why.outage.${one.kind}`, { n: one.seconds ?? 0 }),
    " ",
    el("small", { class: "soft" }, moment(one.at)),
  );

/** Open a dialog that explains it. */
export function explainMark(why) {
  const { aspect } = why;
  const differs = why.award && why.counts && why.award.exact !== why.counts.exact;
  explained(
    [`${aspect.id} · `, said(aspect.description)],
    [
      el("dt", {}, t("why.rule")),
      el(
        "dd",
        {},
        t(`pattern.${aspect.pattern}`),
        " · ",
        t("why.max", { max: aspect.max, version: why.scheme_version }),
      ),
      why.formula && [el("dt", {}, t("why.formula")), el("dd", { class: "formula digits" }, why.formula)],
      el("dt", {}, t("col.marks")),
      el(
        "dd",
        { class: "digits" },
        why.counts?.shown ?? t("why.unmarked"),
        differs && ` (${t("why.marked", { n: why.award.shown })})`,
      ),
      why.outages.length > 0 && [el("dt", {}, t("why.outages")), el("dd", {}, why.outages.map(outage))],
      why.readings.length > 0 && [
        el("dt", {}, t("why.readings")),
        el("dd", {}, why.readings.map((one) => given(one, reading(one.value)))),
      ],
      why.rounds.map(round),
    ],
    pick(aspect.extra) || null,
  );
}
