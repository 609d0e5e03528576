/* Follow a showcase's programme, one of its competitions and how many watch: what every page that only shows has in common.
 *
 * `onDraw` runs at most once a frame, from the newest boards; `onState(name, since, way)` as in follow.js, except that a
 * connection may be away for a moment before anybody is told: a change of competition opens another one.
 */

import { asked, showcase } from "./asked.js";
import { read } from "./connection.js";
import { follow } from "./follow.js";

const FROM = "showcase.from";
const GRACE_MS = 2000,
  MISSING_MS = 15000;

/** The region of the browser's first language tag that names one (zh-CN, en-GB), or "". Addresses are never looked up. */
export const guessed = () => navigator.languages.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1]).find(Boolean) ?? "";

/** The country the viewer says to watch from: what was chosen here, which may be nothing, else what the browser suggests. */
export function country() {
  try {
    return localStorage.getItem(FROM) ?? guessed();
  } catch {
    return guessed();
  }
}

/** Say another country from now on, or none; where nothing can be remembered, the suggestion stays. */
export function sayCountry(code) {
  try {
    localStorage.setItem(FROM, code);
  } catch {
    /* private mode */
  }
}

export function watch({ onDraw, onState }) {
  const stage = `showcase/${showcase}`;
  const held = new Map();
  let followed = "",
    follower,
    queued = false,
    wanted = asked("c"),
    graceTimer = 0,
    newest = [],
    late = false;

  const competitions = () => Object.values(held.get(stage)?.rows ?? {}).filter((row) => row.kind === "competition");
  const slug = (row) => row.channel.split(".").pop();

  function choose() {
    const all = competitions();
    const next = (all.find((row) => slug(row) === wanted) ?? all[0])?.channel ?? "";
    if (follower && next === followed) return;
    follower?.stop();
    followed = next;
    follower = follow(next ? [stage, next, `audience/${next}`] : [stage], {
      held,
      onBoard,
      onState: say,
      from: country(),
    });
  }

  function say(...state) {
    newest = state;
    if (state[0] !== "stale" || late) tell();
    else graceTimer ||= setTimeout(tell, GRACE_MS);
  }

  function tell() {
    clearTimeout(graceTimer);
    graceTimer = 0;
    late = newest[0] !== "live";
    onState(...newest);
  }

  function onBoard(channel, board) {
    held.set(channel, board);
    if (channel === stage) choose();
    draw();
  }

  function draw() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      onDraw();
    });
  }

  /** Read the programme once over HTTP, because it names the channels to follow. */
  async function begin(turn = 0) {
    try {
      const { epoch, seq, state } = await read(stage);
      onBoard(stage, { epoch, seq, ...state });
    } catch (error) {
      const missing = error.code === 4404;
      onState(missing ? "missing" : "connecting", 0);
      setTimeout(begin, missing ? MISSING_MS : (0.5 + Math.random()) * Math.min(10000, 500 * 2 ** turn), turn + 1);
    }
  }

  begin();
  return {
    draw,
    competitions,
    slug,
    programme: () => held.get(stage),
    competition: () => competitions().find((row) => row.channel === followed),
    board: () => held.get(followed),
    audience: () => held.get(`audience/${followed}`)?.head ?? {},
    /** Connect anew, because what is said about the viewer has changed. */
    again() {
      follower?.stop();
      follower = undefined;
      choose();
    },
    /** Show the competition that stands so many places after this one; the first follows the last. */
    go(step) {
      const all = competitions();
      if (all.length < 2) return;
      const at = all.findIndex((row) => row.channel === followed);
      wanted = slug(all[(at + step + all.length) % all.length]);
      choose();
      draw();
    },
  };
}
