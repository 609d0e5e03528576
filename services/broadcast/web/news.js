/* What is said above the table: that it is frozen, what is announced and revealed, and what was changed afterwards.
 *
 * During the reveal the table keeps the frozen picture; the reveal's newest step stands here, large enough for a classroom.
 * A step that is taken back leaves the page. `drawNews` returns the words of what is new for people who listen, or null.
 */

import { awarded, awardsOf } from "/shared/awards.js";
import { bdi, el, put } from "/shared/dom.js";
import { flag } from "/shared/flags.js";
import { lang, learn, moment, t } from "/shared/i18n.js";
import { styled } from "./more.js";

let shown = "";

/** Words and styles of the viewer page, before anything is drawn. */
export const prepare = () => Promise.all([learn("/broadcast/words/news"), styled("/broadcast/news.css")]);

/** The rows of the rank that was revealed last: the best one so far. */
function newest(rows) {
  const told = Object.values(rows).filter((row) => row.revealed);
  const rank = Math.min(...told.map((row) => row.revealed.rank));
  return told.filter((row) => row.revealed.rank === rank);
}

export function drawNews(place, { head, rows }, before) {
  const { reveal, frozen } = head;
  const last = reveal ? newest(rows) : [];
  const key = JSON.stringify([lang, head.frozen_at, reveal, last, head.amended, head.notice, head.final]);
  if (key === shown) return null;
  shown = key;
  const names = () => last.map((row) => bdi(`${row.bib} ${row.name}`));
  const rank = last[0] && t("place", { rank: last[0].revealed.rank });
  const told = [...new Set(last.flatMap((row) => awardsOf(row.revealed)))];
  put(
    place,
    frozen && el("p", { class: "calm" }, t("frozen.since", { time: moment(head.frozen_at) }), !reveal && ` ${t("frozen.result")}`),
    reveal?.announced && el("p", { class: "stage" }, el("b", {}, t("announced")), awarded(reveal.announced.awards)),
    reveal && !reveal.announced && last.length > 0 && stage(rank, last),
    head.amended && el("p", { class: "calm" }, el("b", {}, t("amended")), " ", el("bdi", {}, head.amended)),
    (head.notice ?? []).map((notice) => el("p", { class: "calm soft" }, t(`notice.${notice}`))),
  );
  if (!before) return null;
  const words = (kinds) => kinds.map((kind) => t(`award.${kind}`)).join(", ");
  const was = before.head.reveal;
  if (reveal && was && reveal.step < was.step) return [t("takenback")];
  if (reveal?.announced) return [t("announced"), " ", words(reveal.announced.awards)];
  if (reveal && last.length && reveal.step !== was?.step)
    return [rank, ": ", names().flatMap((name, at) => (at ? [", ", name] : [name])), told.length > 0 && `. ${words(told)}`];
  if (frozen && !before.head.frozen) return [t("frozen.since", { time: moment(head.frozen_at) }), " ", t("frozen.result")];
  return head.final && !before.head.final ? [t("finalnow")] : null;
}

const stage = (rank, rows) =>
  el(
    "div",
    { class: "stage" },
    el("b", {}, rank),
    rows.map((row) =>
      el(
        "span",
        { class: "person" },
        flag(row.country),
        el("strong", {}, bdi(row.name)),
        row.revealed.total && el("span", { class: "digits" }, row.revealed.total),
        awarded(awardsOf(row.revealed)),
      ),
    ),
  );
