/* What viewers will see of streams that are not set yet: the organiser's page shows this page in a frame and gives the list
 * in the fragment, which is sent to nobody. On its own it shows nothing, or a link could show anybody's video here.
 */

import { byId } from "/shared/dom.js";
import { speak, t } from "/shared/i18n.js";
import { drawVideo } from "./video.js";

function draw() {
  document.title = t("video.name");
  try {
    drawVideo(byId("video"), JSON.parse(decodeURIComponent(location.hash.slice(1))));
  } catch {
    drawVideo(byId("video"), []);
  }
}

if (window !== window.parent) {
  await speak("/broadcast/words/video");
  addEventListener("hashchange", draw);
  draw();
}
