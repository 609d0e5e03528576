/* The organiser's page: showcases, their competitions, competitors, officials and trainers.
 *
 * Everything shown is read from the service after each command, so two organisers never look at invented states. The
 * token comes in the link's fragment and stays in this tab.
 */

import { byId, el, put } from "/shared/dom.js";
import { complete, keep, restore, showFaults } from "/shared/fields.js";
import { call } from "/shared/http.js";
import { dayOf, linked, said, speak, t } from "/shared/i18n.js";
import { competitionCard } from "./competition.js";
import { judgeForm, judgeSheet, judgeTable } from "./judges.js";
import { read, rights, send, signedIn, signIn, signOut } from "./session.js";
import { competitionForm, showcaseForm } from "./showcases.js";
import { forget, streamList, streamsForm } from "./streams.js";
import { ownSheet, trainerForm, trainerSheet, trainerTable } from "./trainers.js";

let showcases = [],
  chosen = null,
  links = {},
  detail = null,
  opened = new Set(),
  message = null,
  sheet = null;
const seg = encodeURIComponent;

const allowed = () => showcases.filter((one) => rights().showcase === "*" || rights().showcase === one.id);

async function load() {
  if (!signedIn()) return draw();
  try {
    links = (await call("GET", "/api/registration/addresses").catch(() => ({ body: {} }))).body;
    const found = await read("/showcases");
    showcases = Array.isArray(found) ? found : found.showcases;
    chosen ??= new URLSearchParams(location.search).get("showcase") ?? allowed()[0]?.id ?? null;
    if (chosen) {
      const [showcase, judges, trainers] = await Promise.all([
        read(`/showcases/${seg(chosen)}`),
        read(`/showcases/${seg(chosen)}/judges`),
        read(`/showcases/${seg(chosen)}/trainers`),
      ]);
      const people = await Promise.all(
        showcase.competitions.map((one) => read(`/competitions/${seg(one.id)}/competitors`)),
      );
      detail = { showcase, judges, trainers, people };
    }
  } catch (problem) {
    fail(problem);
  }
  draw();
}

function fail(problem) {
  if (problem.status === 401) signOut();
  message = { tone: "bad", text: () => [problem.words, ...problem.faults.map((item) => item.detail)].join(" ") };
}

/** Carry something out, then read everything anew; what went wrong is said at the top. */
async function act(work) {
  message = null;
  try {
    await work();
  } catch (problem) {
    fail(problem);
  }
  await load();
  if (message) byId("say").scrollIntoView({ block: "nearest" });
}

const submit = (path, after) => async (json, node, trouble) => {
  if (!complete(node)) return false;
  try {
    const answer = await send(path, json);
    message = null;
    await after(answer);
    return true;
  } catch (problem) {
    const rest = showFaults(node, problem);
    put(
      trouble,
      el(
        "div",
        { class: "say bad", role: "alert" },
        el("p", {}, problem.words),
        rest.map((item) => el("p", {}, [item.field, item.detail].filter(Boolean).join(": "))),
      ),
    );
    return false;
  }
};

function draw() {
  put(
    byId("say"),
    message &&
      el(
        "div",
        { class: `say ${message.tone}` },
        el("p", {}, message.text()),
        message.undo && el("p", {}, el("button", { onclick: message.undo }, t("undo"))),
      ),
  );
  put(
    byId("choose"),
    allowed().map((one) =>
      el("button", { "aria-pressed": String(one.id === chosen), onclick: () => choose(one.id) }, said(one.title)),
    ),
  );
  const page = byId("page");
  const kept = Array.from(page.querySelectorAll("form"), keep);
  put(page, signedIn() ? parts() : gate());
  page.querySelectorAll("form").forEach((form, at) => {
    if (kept[at] && restoring) restore(form, kept[at]);
  });
  restoring = false;
  const place = page.querySelector(".paper-place");
  if (sheet && detail && place) {
    put(place, sheet());
    place.scrollIntoView({ block: "nearest" });
  }
}

let restoring = false;

function choose(id) {
  chosen = id;
  sheet = null;
  const url = new URL(location.href);
  url.searchParams.set("showcase", id);
  history.replaceState(null, "", url);
  load();
}

const gate = () =>
  el(
    "form",
    {
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        message = null;
        signIn(event.target.elements.link.value);
        load();
      },
    },
    el("h2", {}, t("gate")),
    el("p", {}, t("gate.text")),
    el(
      "div",
      { class: "field" },
      el("label", { for: "gate" }, t("gate.label")),
      el("input", { id: "gate", name: "link", type: "password", autocomplete: "off", required: true }),
    ),
    el("button", { class: "main" }, t("gate.open")),
  );

function showOwn(answer, person) {
  sheet = () => ownSheet(answer, person);
}

/** Say what was done, with a way back. */
function offerUndo(text, undo) {
  message = { tone: "good", text, undo };
}

/** Set all streams, with the way back to those that were there. */
function setStreams(json, node, trouble) {
  const path = `/showcases/${seg(chosen)}/streams`;
  return submit(path, async () => {
    forget(chosen);
    offerUndo(
      () => t(json.streams.length ? "streams.done" : "streams.gone"),
      () =>
        act(async () => {
          forget(chosen);
          await send(path, { streams: json.saw, saw: json.streams });
        }),
    );
    await load();
    byId("say").scrollIntoView({ block: "nearest" });
  })(json, node, trouble);
}

/** A part that folds; it stays as the organiser left it. */
function fold(key, label, ...inside) {
  const part = el(
    "details",
    { class: "card", open: opened.has(key), ontoggle: () => (part.open ? opened.add(key) : opened.delete(key)) },
    el("summary", {}, label),
    ...inside,
  );
  return part;
}

function parts() {
  const create =
    rights().showcase === "*" &&
    fold(
      "create",
      t("create"),
      showcaseForm((json, node, trouble) =>
        submit("/showcases", async () => {
          chosen = json.id;
          forget("");
          opened.delete("create");
          await load();
        })(json, node, trouble),
      ),
    );
  if (!detail || detail.showcase.id !== chosen) return [el("div", { class: "paper-place" }), create];
  const { showcase, judges, trainers, people } = detail;
  const everybody = people.flat();
  const showSeat = (answer) => {
    sheet = () => judgeSheet(answer, detail.showcase.competitions);
  };
  const showTrainer = (answer) => {
    sheet = () => trainerSheet(answer, detail.people.flat());
  };
  const named = (part, place, show) =>
    submit(`/showcases/${seg(chosen)}/${place}`, async (answer) => {
      show(answer);
      opened.delete(part);
      await load();
    });
  return [
    el(
      "div",
      { class: "title" },
      el("h1", {}, said(showcase.title)),
      links.broadcast && el("a", { href: `${links.broadcast}${linked(`/s/${showcase.id}`)}` }, t("board")),
      links.broadcast && el("a", { href: `${links.broadcast}${linked(`/s/${showcase.id}/setup`)}` }, t("elsewhere")),
      el("a", { href: linked(`/register/${showcase.id}`) }, t("registration")),
    ),
    el(
      "p",
      { class: "facts" },
      el("span", {}, `${dayOf(showcase.starts_on)} – ${dayOf(showcase.ends_on)}`),
      el("span", {}, showcase.timezone),
    ),
    el("div", { class: "paper-place" }),
    showcase.competitions.map((one, at) =>
      competitionCard(one, people[at], showcase.timezone, links.livescore, { act, show: showOwn, undo: offerUndo }),
    ),
    fold(
      "competition",
      t("competition.add"),
      competitionForm(
        showcase.timezone,
        submit(`/showcases/${seg(chosen)}/competitions`, async () => {
          opened.delete("competition");
          await load();
        }),
      ),
    ),
    fold(
      "streams",
      t("streams"),
      showcase.streams.length > 0 && streamList(showcase.streams),
      streamsForm(showcase, links.broadcast, setStreams),
    ),
    el("section", { class: "card" }, el("h2", {}, t("judges")), judgeTable(showcase.id, judges, act, showSeat)),
    showcase.competitions.length > 0 &&
      fold("judge", t("judge.add"), judgeForm(showcase.competitions, judges, named("judge", "judges", showSeat))),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("trainers")),
      trainerTable(showcase.id, trainers, everybody, act, showTrainer),
    ),
    everybody.length > 0 &&
      fold(
        "trainer",
        t("trainer.add"),
        trainerForm(
          showcase.competitions.map((one, at) => ({ competition: one, people: people[at] })),
          named("trainer", "trainers", showTrainer),
        ),
      ),
    create,
  ];
}

addEventListener("hashchange", () => location.reload());
await speak("/registration/words/organise", () => {
  restoring = true;
  draw();
});
load();
