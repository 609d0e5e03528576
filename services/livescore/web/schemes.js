/* Bring a marking scheme in: choose or drop a file, see everything there is to say about it and what it would change,
 * then take it into use. Nothing is stored before that; the service decides, this page shows.
 *
 * After the first mark a scheme is only changed by an amendment of two people (R9): opened with the link of the chief
 * expert or the manager, the page proposes it, and the other one consents on the chief expert's page.
 */

import { byId, el, newId, put, write } from "/shared/dom.js";
import { claims, takeToken } from "/shared/access.js";
import { call } from "/shared/http.js";
import { said, speak, t } from "/shared/i18n.js";
import { changes, findings } from "./scheme-findings.js";
import { preview } from "./scheme-preview.js";
import { fileOf, save, textFile } from "./scheme-file.js";

const token = takeToken("showcase.organiser", sessionStorage);
const role = token ? claims(token).role : "";
const organises = role === "organiser";
const leads = ["chief", "manager"].includes(role);
const competition = new URLSearchParams(location.search).get("competition") ?? "";
const path = `/api/livescore/competitions/${encodeURIComponent(competition)}/scheme`;
let chosen = null,
  trial = null,
  taken = null,
  proposed = false,
  reason = "",
  current = null,
  busy = false,
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

/** Run one request; buttons wait meanwhile, and what goes wrong is said. */
async function during(work) {
  [busy, trouble, taken, proposed] = [true, null, null, false];
  draw();
  try {
    await work();
  } catch (problem) {
    trouble = problem;
  }
  busy = false;
  draw();
}

function tryOut(file) {
  [chosen, trial] = [file, null];
  return during(async () => {
    trial = (await call("POST", `${path}/check`, { token, file, again: 2, timeout: 30000 })).body;
  }).then(() => byId("outcome").scrollIntoView({ block: "nearest" }));
}

const takeIntoUse = () =>
  during(async () => {
    taken = (await call("PUT", path, { token, file: chosen, again: 2, timeout: 30000 })).body;
    [trial, chosen] = [null, null];
    current = (await call("GET", path, { token })).body;
  });

const propose = () =>
  during(async () => {
    const json = { act: "amend-scheme", id: newId(), done_at: new Date().toISOString(), scheme: trial.scheme, reason };
    await call("POST", path.replace(/scheme$/, "acts"), { token, json, again: 2, timeout: 30000 });
    [trial, chosen, proposed, reason] = [null, null, true, ""];
  });

const amendment = () =>
  el(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        propose();
      },
    },
    el(
      "label",
      {},
      t("amend.reason"),
      el("textarea", {
        required: true,
        maxlength: 1000,
        rows: 2,
        value: reason,
        oninput: (event) => {
          reason = event.target.value;
        },
      }),
    ),
    el("button", { class: "main", disabled: busy }, t("amend.propose")),
  );

const take = (kind) =>
  during(() => save(`${path}.${kind}`, token, `${competition}-scheme-v${current.version}.${kind}`));

/** Mark the line in the typed text, so that it can be put right here. */
function goTo(line) {
  byId("typed").open = true;
  const lines = byId("text").value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  byId("text").focus();
  byId("text").setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

const notice = (kind, ...children) => el("div", { class: `say ${kind}` }, ...children);

function verdict() {
  const errors = trial.findings.filter((one) => one.severity === "error").length;
  const warnings = trial.findings.length - errors;
  const named = el("p", {}, el("strong", {}, chosen.name));
  if (trial.outcome === "refused") return notice("bad", named, el("p", {}, t("refused", { n: errors })));
  return notice(
    trial.outcome === "needs_amendment" ? "warm" : "good",
    named,
    el("p", {}, t(`outcome.${trial.outcome}`, { version: trial.version, now: trial.in_force ?? "" })),
    warnings > 0 && el("p", {}, t("warned", { n: warnings })),
    organises &&
      ["first", "replaces"].includes(trial.outcome) &&
      el("button", { class: "main", disabled: busy, onclick: takeIntoUse }, t("take", { version: trial.version })),
    leads && trial.outcome === "needs_amendment" && amendment(),
  );
}

const judged = () => [
  verdict(),
  trial.findings.length > 0 &&
    el(
      "div",
      { class: "card" },
      el("h2", {}, t("findings")),
      findings(trial.findings, chosen.typed ? goTo : null),
    ),
  trial.changes.length > 0 &&
    el(
      "div",
      { class: "card" },
      el("h2", {}, t("changes", { now: trial.in_force })),
      trial.affected.length > 0 && el("p", {}, t("affected", { n: trial.affected.length })),
      changes(trial.changes, trial.affected),
    ),
  trial.scheme && el("div", { class: "card" }, el("h2", {}, t("preview"), " ", said(trial.scheme.title)), preview(trial.scheme)),
];

const inForce = () =>
  el(
    "div",
    { class: "card" },
    el("h2", {}, t("inforce", { version: current.version }), " ", said(current.scheme.title)),
    el(
      "div",
      { class: "row exports" },
      el("button", { disabled: busy, onclick: () => take("xlsx") }, t("export.xlsx")),
      el("button", { disabled: busy, onclick: () => take("yaml") }, t("export.yaml")),
    ),
    preview(current.scheme),
  );

function draw() {
  write(byId("which"), competition);
  byId("choose").hidden = !token || !competition;
  byId("check").disabled = busy;
  put(
    byId("say"),
    !token && notice("bad", el("p", {}, t("gate"))),
    trouble && notice("bad", el("p", {}, trouble.words)),
    busy && notice("", el("p", {}, t("reading"))),
    taken && notice("good", el("p", {}, t("taken", { version: taken.version }))),
    proposed && notice("good", el("p", {}, t("amend.proposed"))),
  );
  put(byId("outcome"), trial && judged());
  put(byId("current"), current && inForce());
}

async function choose(file) {
  if (!file || busy) return;
  const read = await fileOf(file);
  if (read.typed) byId("text").value = read.body;
  await tryOut(read);
}

byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  byId("file").value = ""; // the same file again, mended, is another choice
  await choose(file);
});
byId("check").addEventListener("click", () => busy || tryOut(textFile(byId("text").value, t("typed"))));

const drop = byId("drop");
for (const name of ["dragenter", "dragover"])
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  choose(event.dataTransfer.files[0]);
});

await speak("/livescore/words/schemes", draw);
if (token && competition) load();
else draw();
