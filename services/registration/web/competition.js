/* One competition on the organiser's page: what is set, the way to its marking scheme, and who competes. */

import { el } from "/shared/dom.js";
import { bothZones, lang, said, t } from "/shared/i18n.js";
import { competitorTable } from "./competitors.js";
import { schemeLink } from "./session.js";

export const competitionCard = (one, people, zone, livescore, doing) =>
  el(
    "section",
    { class: "card" },
    el("h2", {}, said(one.title)),
    el(
      "p",
      { class: "facts" },
      one.kind === "training" && el("span", { class: "tag" }, t("kind.training.short")),
      el("span", {}, t("places", { left: one.places_left, capacity: one.capacity })),
      el("span", {}, bothZones(one.opens_at, one.closes_at, zone)),
      el("span", {}, `${t("board_mode")}: ${t(`mode.${one.board_mode}`)}`),
      el("span", {}, `${t("minimum_age")}: ${one.minimum_age}`),
      one.bilingual && el("span", {}, t("bilingual.short")),
    ),
    livescore &&
      el(
        "p",
        {},
        el(
          "a",
          { class: "button", href: schemeLink(livescore, one.id, lang), target: "_blank", rel: "noreferrer" },
          t("scheme"),
        ),
      ),
    competitorTable(one.id, people, doing),
  );
