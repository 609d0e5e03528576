/* The programme line: what is on now and what comes next, in the viewer's zone with the host's beside it. */

import { dayOf, said, span, t } from "/shared/i18n.js";
import { el, put } from "/shared/dom.js";

export function drawProgramme(place, board, at = Date.now()) {
  const sessions = Object.values(board.rows)
    .filter((row) => row.kind === "session")
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  const now = sessions.filter((row) => Date.parse(row.starts_at) <= at && at < Date.parse(row.ends_at)).at(-1);
  const next = sessions.find((row) => Date.parse(row.starts_at) > at);
  const line = (label, row) =>
    row &&
    el(
      "div",
      {},
      el("b", {}, t(label)),
      said(row.title),
      el(
        "span",
        { class: "time" },
        span(row.starts_at, row.ends_at, board.head.timezone).map((one) => el("span", {}, one)),
      ),
    );
  put(
    place,
    line("now", now),
    line("next", next),
    sessions.length > 0 && !now && !next && el("div", {}, t("ended", { day: dayOf(board.head.ends_on) })),
  );
}
