/* Who is watching, by the countries that people say, and where this viewer says to be: changeable, and may be nothing. */

import { countries } from "/shared/countries.js";
import { el, put } from "/shared/dom.js";
import { countryName, flag } from "/shared/flags.js";
import { lang, t } from "/shared/i18n.js";
import { country, guessed, sayCountry } from "./watch.js";

const sum = el("p");
const list = el("ul", { class: "crowd" });
let shown = "";

export const leave = () => {
  shown = "";
};

export function draw(place, watched) {
  if (shown !== lang) {
    shown = lang;
    put(place, sum, list, choice(watched));
  }
  const { watching = 0, countries: told = {} } = watched.audience();
  const most = Object.entries(told).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const silent = watching - most.reduce((all, [, n]) => all + n, 0);
  put(sum, el("b", {}, t("watching", { n: watching })));
  put(
    list,
    most.map(([code, n]) => el("li", {}, flag(code), el("span", {}, countryName(code)), el("b", { class: "digits" }, String(n)))),
    silent > 0 && el("li", {}, el("span", {}, t("audience.silent")), el("b", { class: "digits" }, String(silent))),
  );
}

function choice(watched) {
  const said = country();
  const option = (code, name) => el("option", { value: code, selected: code === said }, name);
  return el(
    "form",
    {},
    el("label", { for: "from" }, t("audience.from")),
    el(
      "select",
      {
        id: "from",
        onchange: ({ target }) => {
          sayCountry(target.value);
          watched.again();
        },
      },
      option("", t("audience.silence")),
      countries().map(([code, name]) => option(code, name)),
    ),
    el("p", { class: "soft" }, guessed() ? t("audience.guessed", { name: countryName(guessed()) }) : t("audience.unknown")),
  );
}
