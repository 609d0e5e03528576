/* What happened in the competition on the page since it was opened in this tab, as a list one can read in peace. */

import { el, put } from "/shared/dom.js";
import { said } from "/shared/i18n.js";
import { drawList } from "./feed.js";

export { prepare } from "./feed.js";

export function draw(place, watched) {
  const competition = watched.competition();
  if (!place.firstChild) put(place, el("h3"), el("div"));
  put(place.firstChild, competition && said(competition.title));
  if (competition) drawList(place.lastChild, competition.channel);
}
