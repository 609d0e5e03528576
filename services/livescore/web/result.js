/* Results of one competition: for staff the table, its files and every sheet; for competitors and trainers their own.
 *
 * `?competition=` names the competition, `&competitor=` one sheet, `&all=1` all sheets, ready for the printer. Whoever
 * came from another page of the same showcase has a link that this page may use as well; otherwise it wants its own.
 */

import { bdi, byId, el, put, write } from "/shared/dom.js";
import { claims, takeToken } from "/shared/access.js";
import { countryName, flag } from "/shared/flags.js";
import { call, Problem } from "/shared/http.js";
import { linked, moment, pick, speak, t } from "/shared/i18n.js";
import { drawSheet } from "./result-sheet.js";
import { explainMark } from "./why-mark.js";
import { explainRank } from "./why-rank.js";

const STAFF = ["organiser", "chief", "manager", "presenter"];
const asked = new URLSearchParams(location.search);
const competition = asked.get("competition") ?? "";
const token = findToken();
const mine = claims(token ?? "");
const staff = STAFF.includes(mine.role);
const base = `/api/livescore/competitions/${encodeURIComponent(competition)}`;
let result = null,
  sheets = null,
  trouble = null;

function findToken() {
  const own = takeToken("showcase.result", sessionStorage);
  if (own) return own;
  for (const store of [sessionStorage, localStorage])
    for (const key of Object.keys(store)) {
      const found = key.startsWith("showcase.") ? claims(store.getItem(key)) : {};
      if (found.role === "organiser" || (found.role !== "judge" && found.competitions?.includes(competition)))
        return store.getItem(key);
    }
  return null;
}

const get = async (path) => (await call("GET", base + path, { token })).body;
const sheetPath = (competitor) => `/results/${encodeURIComponent(competitor)}`;

async function load() {
  try {
    const one = asked.get("competitor");
    if (one) sheets = [await get(sheetPath(one))];
    else if (!staff) sheets = await Promise.all((mine.competitors ?? []).map((each) => get(sheetPath(each))));
    else result = await get("/results");
    if (result && asked.get("all")) {
      sheets = [];
      for (const row of result.rows) sheets.push(await get(sheetPath(row.id)));
    }
    trouble = null;
  } catch (problem) {
    trouble = problem;
  }
  draw();
}

const address = (more) => `${linked("/result")}&${new URLSearchParams({ competition, ...more })}`;

/** A file needs the link that this page holds, so it is fetched here and handed to the browser under its own name. */
async function download(path) {
  try {
    const answer = await fetch(base + path, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
    const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
    const from = URL.createObjectURL(await answer.blob());
    el("a", { href: from, download: named ? named[1] : path.slice(1) }).click();
    setTimeout(() => URL.revokeObjectURL(from), 60000);
  } catch (problem) {
    trouble = problem instanceof Problem ? problem : new Problem(0, { detail: problem.message });
    draw();
  }
}

const FILES = [
  ["results.xlsx", "file.competitors"],
  ["best-of-nation.xlsx", "file.nations"],
  ["results.csv", "file.csv"],
  ["results.json", "file.json"],
];

function tools() {
  const print = el("button", { class: "main", onclick: () => window.print() }, t("print"));
  if (sheets) return [print, staff && el("a", { class: "button", href: address({}) }, t("all"))];
  return [
    el("a", { class: "button main", href: address({ all: "1" }) }, t("sheets")),
    FILES.map(([path, key]) => el("button", { onclick: () => download(`/${path}`) }, t(key))),
  ];
}

const award = (row) =>
  [row.medal, row.medallion && "medallion", row.best_of_nation && "best_of_nation"].filter(Boolean);

function line(row) {
  const cell = (key, props, ...inside) => el("td", { "data-label": t(`col.${key}`), ...props }, el("span", {}, inside));
  return el(
    "tr",
    {},
    cell("rank", { class: "rank" }, row.rank ?? "–"),
    cell("who", {}, el("span", { class: "digits" }, row.bib), " ", bdi(row.name), " ", flag(row.country)),
    cell("total", { class: "figure digits" }, row.total?.shown ?? "–", !row.complete && ` (${t("incomplete")})`),
    cell(
      "awards",
      {},
      row.status !== "competing" && el("span", { class: "tag warm" }, t(`status.${row.status}`)),
      award(row).map((one) => [el("span", { class: "tag good" }, t(`award.${one}`)), " "]),
      row.departure &&
        el("small", {}, t("departed", { computed: t(`award.${row.computed ?? "none"}`) }), row.departure),
    ),
    result.score.withheld.length === 0 && cell("score", { class: "figure digits" }, row.score ?? "–"),
    cell(
      "more",
      { class: "more" },
      el(
        "span",
        { class: "row" },
        el("a", { class: "button", href: address({ competitor: row.id }) }, t("sheet")),
        el("button", { onclick: () => why(`/why-rank/${encodeURIComponent(row.id)}`, explainRank) }, t("why")),
      ),
    ),
  );
}

/** Ask why, and explain; what goes wrong is said at the top. */
async function why(path, explain) {
  try {
    explain(await get(path));
  } catch (problem) {
    trouble = problem;
    draw();
  }
}

const heading = (key) =>
  el("th", { scope: "col", class: ["total", "score"].includes(key) && "figure" }, t(`col.${key}`));

function table() {
  const scored = result.score.withheld.length === 0;
  const columns = ["rank", "who", "total", "awards", ...(scored ? ["score"] : []), "more"];
  return el(
    "section",
    { class: "card" },
    el(
      "div",
      { class: "scroll" },
      el(
        "table",
        { class: "cards results" },
        el("thead", {}, el("tr", {}, columns.map(heading))),
        el("tbody", {}, result.rows.map(line)),
      ),
    ),
    el(
      "ul",
      { class: "notes" },
      scored ? el("li", {}, t("note.scale")) : result.score.withheld.map((why) => el("li", {}, t(`withheld.${why}`))),
      result.medals.on_marks_instead && el("li", {}, t("note.on_marks")),
    ),
  );
}

const REPORTS = ["total_points", "points_per_skill", "total_score", "average_score"];

const report = (key, lines) =>
  el(
    "table",
    {},
    el("caption", {}, t(`report.${key}`)),
    el(
      "tbody",
      {},
      lines.map((one) =>
        el(
          "tr",
          {},
          el("td", { class: "digits" }, one.place),
          el("th", { scope: "row" }, flag(one.country), countryName(one.country)),
          el("td", { class: "figure digits" }, one.figure),
        ),
      ),
    ),
  );

function members() {
  const found = result.members;
  if (!found) return null;
  const told = REPORTS.filter((key) => found[key]).map((key) => report(key, found[key]));
  return el("section", { class: "card" }, el("h2", {}, t("members")), el("div", { class: "pair" }, told));
}

function notices() {
  const newest = result?.versions.at(-1);
  const amended = newest?.version > 1 ? newest.reason : "";
  return [
    !token && ["bad", t("gate")],
    !competition && ["bad", t("nowhere")],
    trouble && ["bad", trouble.words],
    result && !result.final && ["warm", t("provisional")],
    newest && ["good", `${t("final", { version: newest.version, at: moment(newest.at) })} ${amended}`],
    result?.changed_since && ["warm", t("changed_since")],
  ].filter(Boolean);
}

const onPaper = (sheet) =>
  drawSheet(sheet, (aspect) => why(`/why/${encodeURIComponent(sheet.competitor.id)}/${aspect}`, explainMark));

function draw() {
  const title = pick(result?.title ?? sheets?.[0]?.title);
  const one = sheets?.length === 1 && sheets[0].competitor.bib;
  write(byId("which"), title || competition);
  document.title = [one, title, t("title")].filter(Boolean).join(" · ");
  const said = sheets && !trouble ? [] : notices();
  put(byId("say"), said.map(([kind, text]) => el("div", { class: `say ${kind}` }, el("p", {}, text))));
  put(byId("tools"), (result || sheets) && tools());
  put(byId("body"), sheets ? sheets.map(onPaper) : result && [table(), members()]);
}

await speak("/livescore/words/result", draw);
if (token && competition) load();
else draw();
