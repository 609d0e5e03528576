/* Where a board can be shown besides its own page, and the address for it: a classroom screen, an overlay for a video
 * programme, a frame in another site. Options are chosen, the address is copied, and a preview shows the very page.
 */

import { byId, el, put, write } from "/shared/dom.js";
import { select } from "/shared/fields.js";
import { lang, linked, pick, speak, t } from "/shared/i18n.js";
import { addressOf, showcase } from "./asked.js";
import { read } from "./connection.js";

const KINDS = ["screen", "overlay", "embed"];
const WAIT_MS = 400,
  AGAIN_MS = 5000;
let programme = null,
  chosen = { kind: "screen" },
  timer;

const competitions = () => Object.values(programme.rows).filter((row) => row.kind === "competition");

/** The options of each page: name, values (the first one is usual and stays out of the address), whether it applies. */
const options = () => [
  ["c", competitions().map((row) => [row.channel.split(".").pop(), pick(row.title)]), () => competitions().length > 0],
  ["lang", [["en", "English"], ["zh", "中文"]]], // prettier-ignore
  ["view", words("view", ["", "full"]), ({ kind }) => kind === "overlay"],
  ["top", words("top", ["", "1", "2", "4", "5"]), ({ kind, view }) => kind === "overlay" && !view],
  ["top", words("best", ["", "3", "5", "10"]), ({ kind }) => kind === "embed"],
  ["rotate", words("rotate", ["", "20", "60", "180"]), ({ kind }) => kind === "screen" && competitions().length > 1],
  ["scale", words("scale", ["", "0.75", "1.25", "1.5"]), ({ kind }) => kind === "overlay"],
  ["theme", words("theme", ["", "light"]), ({ kind }) => kind === "overlay"],
  ["theme", words("scheme", ["", "light", "dark"]), ({ kind }) => kind === "embed"],
];

const words = (key, values) => values.map((value) => [value, t(`${key}.${value || "usual"}`)]);

function draw() {
  if (!programme) return;
  const { kind } = chosen;
  write(byId("showcase"), pick(programme.head.title));
  byId("showcase").href = linked(`/s/${encodeURIComponent(showcase)}`);
  chosen.lang ??= lang;
  put(
    byId("options"),
    el("fieldset", {}, el("legend", {}, t("kind")), el("div", { class: "kinds" }, KINDS.map((one) => radio(one, kind)))),
    el(
      "div",
      { class: "pair" },
      options()
        .filter(([, , applies = () => true]) => applies(chosen))
        .map(([name, values]) => select(name, t(`option.${name}`), values, chosen[name] ?? values[0]?.[0])),
    ),
  );
  for (const id of ["options", "result", "seen"]) byId(id).hidden = false;
  drawResult();
}

const radio = (kind, now) =>
  el(
    "label",
    { class: "tick" },
    el("input", { type: "radio", name: "kind", value: kind, checked: kind === now }),
    el("span", {}, t(`kind.${kind}`)),
  );

function address() {
  const { kind, ...rest } = chosen;
  const known = options().filter(([, , applies = () => true]) => applies(chosen));
  return addressOf(kind, Object.fromEntries(known.map(([name]) => [name, rest[name] ?? (name === "c" ? known[0][1][0][0] : "")])));
}

/** What goes into the other site: the frame, and a few lines that give it the height it says it needs. */
const frameCode = (url) =>
  [
    `<iframe src="${url.replaceAll("&", "&amp;")}" title="${t("frame.title")}" width="100%" height="480" style="border:0"></iframe>`,
    "<script>",
    'addEventListener("message", ({ data, source }) => {',
    '  if (data?.type !== "showcase:height") return;',
    '  for (const frame of document.querySelectorAll("iframe"))',
    "    if (frame.contentWindow === source) frame.height = data.height;",
    "});",
    "</script>",
  ].join("\n");

function drawResult() {
  const url = address();
  write(byId("how"), t(`how.${chosen.kind}`));
  byId("code").value = chosen.kind === "embed" ? frameCode(url) : url;
  byId("code").rows = chosen.kind === "embed" ? 9 : 3;
  byId("open").href = url;
  write(byId("copied"), "");
  byId("frame").className = chosen.kind;
  byId("preview").title = t("preview");
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (byId("preview").src !== url) byId("preview").src = url;
    fit();
  }, WAIT_MS);
}

/** The preview is the page at the size it is made for, made smaller as a whole. */
function fit() {
  byId("frame").style.setProperty("--by", byId("frame").clientWidth / 1920);
}

byId("options").addEventListener("change", ({ target }) => {
  const other = target.name === "kind" || target.name === "view";
  if (target.name === "kind") chosen = { kind: target.value, c: chosen.c, lang: chosen.lang };
  else chosen[target.name] = target.value;
  if (!other) {
    drawResult();
    return;
  }
  draw();
  byId("options").querySelector(target.name === "kind" ? `[value=${target.value}]` : "[name=view]").focus();
});
byId("options").addEventListener("submit", (event) => event.preventDefault());
byId("copy").addEventListener("click", async () => {
  byId("code").select();
  try {
    await navigator.clipboard.writeText(byId("code").value);
    write(byId("copied"), t("copied"));
  } catch {
    write(byId("copied"), t("byhand")); // without https there is no clipboard: the text is selected
  }
});
addEventListener("resize", fit);
addEventListener("message", ({ data, source }) => {
  if (source === byId("preview").contentWindow && data?.type === "showcase:height")
    byId("preview").style.height = `${data.height}px`;
});

async function begin() {
  try {
    programme = (await read(`showcase/${showcase}`)).state;
  } catch (error) {
    write(byId("say"), t(error.code === 4404 ? "missing" : "unreachable"));
    setTimeout(begin, AGAIN_MS);
    return;
  }
  write(byId("say"), "");
  draw();
}

await speak("/broadcast/words/setup", draw);
begin();
