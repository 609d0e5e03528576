/* Import a marking scheme: choose or paste YAML, send it, read what is wrong line by line.
 *
 * A scheme is refused as a whole or taken as a whole. After the first mark it cannot be changed any more (R9); until then
 * sending again replaces it, and sending the same one changes nothing.
 */

import { byId, el, put, write } from "/shared/dom.js";
import { takeToken } from "/shared/access.js";
import { call } from "/shared/http.js";
import { said, speak, t } from "/shared/i18n.js";

const token = takeToken("showcase.organiser", sessionStorage);
const competition = new URLSearchParams(location.search).get("competition") ?? "";
const path = `/api/livescore/competitions/${encodeURIComponent(competition)}/scheme`;
let outcome = null,
  current = null,
  trouble = null;

async function load() {
  try {
    current = (await call("GET", path, { token })).body;
  } catch (problem) {
    current = null;
    trouble = problem.code === "no_scheme" ? null : problem;
  }
  draw();
}

const faults = (items) =>
  el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["line", "rule", "field", "what"].map((key) => el("th", { scope: "col" }, t(`col.${key}`))),
        ),
      ),
      el(
        "tbody",
        {},
        items.map((item) =>
          el(
            "tr",
            {},
            el(
              "td",
              { class: "digits" },
              item.line ? el("button", { onclick: () => goTo(item.line) }, String(item.line)) : "–",
            ),
            el("td", {}, item.rule ?? "–"),
            el("td", { class: "long" }, item.field ?? "–"),
            el("td", {}, item.detail),
          ),
        ),
      ),
    ),
  );

/** Mark the line in the text, so that it can be put right here. */
function goTo(line) {
  const lines = byId("text").value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  byId("text").focus();
  byId("text").setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

function draw() {
  write(byId("which"), competition);
  byId("form").hidden = !token || !competition;
  put(
    byId("say"),
    !token && el("div", { class: "say bad" }, el("p", {}, t("gate"))),
    trouble && el("div", { class: "say bad" }, el("p", {}, trouble.words)),
  );
  put(
    byId("outcome"),
    outcome && [
      el(
        "div",
        { class: `say ${outcome.problem ? "bad" : "good"}`, role: "alert" },
        el(
          "p",
          {},
          outcome.problem
            ? t(outcome.problem.faults.length ? "refused" : "failed", { n: outcome.problem.faults.length })
            : t("taken", { version: outcome.version }),
        ),
        outcome.problem && el("p", {}, outcome.problem.words),
      ),
      outcome.items.length > 0 &&
        el("div", { class: "card" }, el("h2", {}, t(outcome.problem ? "faults" : "warnings")), faults(outcome.items)),
    ],
  );
  put(
    byId("current"),
    current &&
      el(
        "div",
        { class: "card" },
        el("h2", {}, t("inforce", { version: current.version }), " ", said(current.scheme.title)),
        el(
          "div",
          { class: "scroll" },
          el(
            "table",
            { class: "scheme" },
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                el("th", { scope: "col" }, t("col.criterion")),
                el("th", { scope: "col" }, t("col.aspects")),
                el("th", { scope: "col" }, t("col.marks")),
              ),
            ),
            el(
              "tbody",
              {},
              current.scheme.criteria.map((criterion) => {
                const aspects = criterion.sub_criteria.flatMap((sub) => sub.aspects);
                const cents = aspects.reduce((sum, aspect) => sum + Math.round(Number(aspect.max) * 100), 0);
                return el(
                  "tr",
                  {},
                  el("td", {}, `${criterion.id} `, said(criterion.name)),
                  el("td", {}, String(aspects.length)),
                  el("td", {}, (cents / 100).toFixed(2)),
                );
              }),
            ),
          ),
        ),
      ),
  );
}

byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (file) byId("text").value = await file.text();
});

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = byId("form").querySelector("button");
  button.disabled = true;
  trouble = null;
  try {
    const { body } = await call("PUT", path, { token, text: byId("text").value, again: 2, timeout: 20000 });
    outcome = { version: body.version, items: body.warnings };
    await load();
  } catch (problem) {
    outcome = { problem, items: problem.faults };
    draw();
  }
  button.disabled = false;
  byId("outcome").scrollIntoView({ block: "nearest" });
});

await speak("/livescore/words/schemes", draw);
if (token && competition) load();
else draw();
