/* The front page: which showcases there are. With only one, the visitor is taken there at once. */

import { byId, el, put, write } from "/shared/dom.js";
import { dayOf, linked, said, speak, t } from "/shared/i18n.js";
import { read } from "./connection.js";

let found = null;

async function look() {
  try {
    const { channels } = await (await fetch("/live/state")).json();
    const names = channels.map((entry) => entry.channel ?? entry).filter((channel) => channel.startsWith("showcase/"));
    if (names.length === 1) location.replace(linked(`/s/${names[0].split("/")[1]}`));
    found = (await Promise.all(names.slice(0, 50).map(read)))
      .map((frame) => frame.state.head)
      .sort((a, b) => b.starts_on.localeCompare(a.starts_on));
  } catch {
    found = null;
  }
  draw();
  if (!found?.length) setTimeout(look, 5000 + Math.random() * 3000);
}

function draw() {
  write(byId("say"), found === null ? t("unreachable") : found.length ? "" : t("none"));
  put(
    byId("list"),
    (found ?? []).map((head) =>
      el(
        "li",
        {},
        el("h2", {}, said(head.title)),
        el(
          "p",
          {},
          head.starts_on === head.ends_on ? dayOf(head.starts_on) : `${dayOf(head.starts_on)} – ${dayOf(head.ends_on)}`,
        ),
        el(
          "div",
          { class: "ways" },
          el("a", { href: linked(`/s/${head.showcase}`) }, t("watch")),
          el("a", { href: linked(`/register/${head.showcase}`) }, t("register")),
        ),
      ),
    ),
  );
}

await speak("/broadcast/words/index", draw);
look();
