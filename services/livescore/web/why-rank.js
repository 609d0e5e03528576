/* Why somebody has a rank, in words: the totals around it, ties, and who is not in the order at all (R59). */

import { bdi, el } from "/shared/dom.js";
import { phrase, t } from "/shared/i18n.js";

const who = (one) => el("span", {}, el("span", { class: "digits" }, one.bib), " ", bdi(one.name));
const all = (list) => list.flatMap((one, at) => (at ? [", ", who(one)] : [who(one)]));

const neighbour = (key, one) =>
  one && [
    el("dt", {}, t(`why.${key}`)),
    el(
      "dd",
      {},
      phrase("why.neighbour", { rank: String(one.rank), who: who(one), total: one.total.shown, gap: one.gap.shown }),
      one.looks_equal && el("p", {}, t("why.looks_equal", { gap: one.gap.exact })),
    ),
  ];

/** Whether two decimals say it all: 169/2 is 84.50, and 14/9 is not 1.56. */
const isWhole = (exact) => {
  const [above, below = "1"] = exact.split("/").map(BigInt);
  return (above * 100n) % BigInt(below) === 0n;
};

/** Open a dialog with a heading, `dt` and `dd` elements, and what is to be said below them. */
export function explained(heading, entries, more) {
  const dialog = el(
    "dialog",
    { class: "why", "aria-labelledby": "why-title", onclose: () => dialog.remove() },
    el("h2", { id: "why-title", tabindex: "-1", autofocus: true }, heading), // or the button far below is scrolled to
    el("dl", {}, entries),
    more && el("p", { class: "soft" }, more),
    el("form", { method: "dialog" }, el("button", { class: "main" }, t("close"))),
  );
  document.body.append(dialog);
  dialog.showModal();
}

export function explainRank(why) {
  const place = why.rank === null ? t("why.unranked") : t("rank_of", { rank: why.rank, n: why.ranked });
  explained(
    [who(why.competitor), " · ", place],
    [
      why.status !== "competing" && [el("dt", {}, t(`status.${why.status}`)), el("dd", {}, t("why.status"))],
      why.total && [
        el("dt", {}, t("col.total")),
        el("dd", { class: "digits" }, why.total.shown, !isWhole(why.total.exact) && ` (${why.total.exact})`),
      ],
      neighbour("above", why.above),
      why.tied.length > 0 && [
        el("dt", {}, t("why.tied")),
        el("dd", {}, all(why.tied), " ", t("why.skipped", { ranks: why.skipped.join(", "), n: why.skipped.length })),
      ],
      neighbour("below", why.below),
      why.unmarked.length > 0 && [el("dt", {}, t("why.unmarked")), el("dd", {}, all(why.unmarked))],
      why.excluded.length > 0 && [el("dt", {}, t("why.excluded")), el("dd", {}, all(why.excluded))],
    ],
    t(why.unranked ? "why.nobody" : why.final ? "why.how" : "why.provisional"),
  );
}
