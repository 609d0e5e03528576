/* The picture of a training: own marks by criterion, the mean of the others and the target, as a radar and as a table.
 *
 * Each is drawn as a share of what the criterion is worth. With fewer than three criteria there is nothing to span, and
 * the table stands alone.
 */

import { el } from "/shared/dom.js";
import { said, t } from "/shared/i18n.js";
import { radar, sample } from "./radar.js";

const KINDS = ["own", "mean", "target"];

export function picture(criteria) {
  if (!criteria?.length) return null;
  const there = KINDS.filter((kind) => criteria.some((one) => one[kind] != null));
  const series = there.map((kind) => ({ kind, shares: criteria.map((one) => share(one, kind)) }));
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("picture")),
    el("p", { class: "soft" }, t("picture.more")),
    el(
      "div",
      { class: "picture" },
      criteria.length > 2 &&
        el(
          "figure",
          {},
          radar(
            t("picture.label"),
            criteria.map((one) => one.id),
            series,
          ),
          el(
            "figcaption",
            {},
            there.map((kind) => el("span", { class: "key" }, sample(kind), t(`series.${kind}`))),
          ),
        ),
      figures(criteria),
    ),
    !there.includes("mean") && el("p", { class: "soft" }, t("mean.too_few")),
  );
}

const share = (one, kind) =>
  one[kind] && Math.min(1, Math.max(0, Number(one[kind].shown) / Number(one.max)));

function figures(criteria) {
  const heads = [t("col.criterion"), ...KINDS.map((kind) => t(`series.${kind}`))];
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t("picture") },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      el(
        "tbody",
        {},
        criteria.map((one) =>
          el(
            "tr",
            {},
            el(
              "th",
              { scope: "row" },
              el("span", { class: "digits" }, one.id),
              " ",
              said(one.name),
              el("div", { class: "soft" }, t("of", { max: one.max })),
            ),
            KINDS.map((kind) => el("td", { class: "digits" }, one[kind]?.shown ?? "–")),
          ),
        ),
      ),
    ),
  );
}
