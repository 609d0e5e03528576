/* Follow channels for as long as the page lives.
 *
 *   WebSocket /live  ->  after three failures SSE /live/events  ->  after two failures polling /live/state
 *
 * All three carry the same frames; board.js folds them. After every loss the next attempt names the position it has
 * (`since=epoch.seq`, one per channel), so a return costs only what was missed. Close codes are instructions:
 * 1012 come back after the retry_ms of the bye frame · 1013 full, back off further · 4008 too slow, resume at once ·
 * 4400 our request is wrong, stop · 4404 no such board (yet), ask again in 15 s. Anything else: jittered back-off.
 *
 * Below the WebSocket it is tried again half a minute later, then less and less often up to every ten minutes, and at
 * once when the device comes online; meanwhile the lower way goes on, so a trial that fails is not seen.
 *
 * A socket can die without telling anyone, so after 30 quiet seconds the state is asked for over HTTP, which is cheap
 * and cached; an answer ahead of ours means the socket is dead. A page hidden for a minute lets its connection go
 * and resumes when it is seen again.
 *
 * `held` are boards the page has already, `from` the country the viewer says. `onBoard(channel, board, before)` runs for
 * each new state, `onState(name, since, way)` for live, connecting, stale, missing, refused; `since` is when the last
 * message came, `way` is socket, events or poll.
 */

import { advance } from "./board.js";

const LADDER = ["socket", "socket", "socket", "events", "events", "poll"];
const QUIET_MS = 30000,
  HIDDEN_MS = 60000,
  MISSING_MS = 15000,
  OPEN_MS = 8000,
  CLIMB_MS = 30000;

export function follow(channels, { onBoard, onState, held = [], from = "" }) {
  const boards = new Map(held);
  let rung = 0,
    failures = 0,
    climbs = 0,
    retryMs = 0,
    heard = 0,
    open = null,
    trial = null,
    name = "",
    way = "";
  let retryTimer,
    quietTimer,
    hiddenTimer,
    climbTimer,
    stopped = false;

  const say = (next) => {
    const by = LADDER[rung];
    if (next !== name || by !== way || next !== "live") {
      [name, way] = [next, by];
      onState(next, heard, by);
    }
  };
  const complete = () => channels.every((channel) => boards.has(channel));
  const since = (channel) => (boards.has(channel) ? `${boards.get(channel).epoch}.${boards.get(channel).seq}` : "");

  /** A newcomer asks without positions, whatever it has read before: what all newcomers get is made and packed once. */
  function query() {
    const resumes = heard > 0 || complete();
    const asked = channels.map((one) => `c=${encodeURIComponent(one)}${resumes ? `&since=${since(one)}` : ""}`);
    return [...asked, ...(from ? [`from=${from}`] : [])].join("&");
  }

  const later = (ms) => {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, ms);
  };

  function take(frame) {
    heard = Date.now();
    watchQuiet();
    if (frame.type === "bye") {
      retryMs = frame.retry_ms;
      return;
    }
    if (!channels.includes(frame.channel)) return;
    const before = boards.get(frame.channel);
    const next = advance(before, frame);
    if (next === null) {
      drop();
      failures += 1;
      later(Math.random() * 300 * failures);
      return;
    }
    failures = 0;
    if (next !== before) {
      boards.set(frame.channel, next);
      onBoard(frame.channel, next, before);
    }
    if (!stopped) live();
  }

  function live() {
    rung = LADDER.indexOf(open.kind);
    say("live");
    if (rung === 0) climbs = 0;
    else if (!climbTimer && !trial) climbLater();
  }

  /** A resumed connection with nothing missed gets no frame, so being open is enough when every board is held. */
  function opened() {
    watchQuiet();
    if (!complete()) return;
    heard = Date.now();
    live();
  }

  function watchQuiet(ms = QUIET_MS * (1 + Math.random() / 3)) {
    clearTimeout(quietTimer);
    quietTimer = setTimeout(async () => {
      const asked = open;
      const dead = await isDead().catch(() => true);
      if (asked !== open) return;
      if (dead) lost();
      else watchQuiet();
    }, ms);
  }

  /** Whether something never came, or HTTP knows of newer states that still have not reached us a moment later. */
  async function isDead() {
    for (const channel of channels.filter((one) => !one.startsWith("audience/"))) {
      const { epoch, seq } = await read(channel);
      const behind = () => boards.get(channel)?.epoch !== epoch || boards.get(channel).seq < seq;
      if (!behind()) continue;
      await new Promise((done) => {
        setTimeout(done, 2000);
      });
      if (behind()) return true;
    }
    return false;
  }

  function connect() {
    clearTimeout(retryTimer);
    if (stopped || open) return;
    if (name !== "missing") say(boards.size ? "stale" : "connecting");
    open = attempt(LADDER[rung]);
  }

  /** One connection; what it says counts only while it is the open one, or opens or ends as the one on trial. */
  function attempt(kind) {
    const mine = { kind, close() {} };
    const use = (act) => (value) => {
      if (open === mine) act(value);
    };
    const on = {
      open: use(opened),
      frame: use(take),
      end: (code) => {
        if (open === mine) lost(code);
        else if (trial === mine) fail();
      },
    };
    if (kind === "socket") mine.close = socket(query(), on, () => trial === mine && adopt());
    else {
      let gone = false;
      mine.close = () => {
        gone = true;
      };
      import("./fallback.js").then(
        (ways) => {
          if (!gone) mine.close = ways[kind](kind === "poll" ? { channels, read } : query(), on);
        },
        () => on.end(),
      );
    }
    return mine;
  }

  function climbLater() {
    climbTimer = setTimeout(climb, CLIMB_MS * Math.min(20, 2 ** climbs) * (1 + Math.random() / 2));
  }

  /** Try the WebSocket beside the lower way that works. */
  function climb() {
    clearTimeout(climbTimer);
    climbTimer = 0;
    if (!open || open.kind === "socket" || trial) return;
    climbs += 1;
    trial = attempt("socket");
  }

  function fail() {
    trial.close();
    trial = null;
    climbLater();
  }

  function adopt() {
    open.close();
    open = trial;
    trial = null;
  }

  function drop() {
    const was = [open, trial];
    open = trial = null;
    clearTimeout(quietTimer);
    clearTimeout(climbTimer);
    climbTimer = 0;
    for (const one of was) one?.close();
  }

  function lost(code) {
    drop();
    if (stopped) return;
    if (code === 4400) {
      stopped = true;
      say("refused");
      return;
    }
    if (code === 4404) {
      say("missing");
      later(MISSING_MS * (1 + Math.random() / 5));
      return;
    }
    failures += 1;
    if (code === undefined || code === 1006) rung = (rung + 1) % LADDER.length;
    say(boards.size ? "stale" : "connecting");
    if (retryMs) later(retryMs * (1 + Math.random() / 4));
    else if (code === 4008 && failures < 3) later(Math.random() * 200);
    else later((0.4 + Math.random()) * Math.min(10000, (code === 1013 ? 4000 : 400) * 2 ** Math.min(failures - 1, 5)));
    retryMs = 0;
  }

  function rest() {
    drop();
    clearTimeout(retryTimer);
  }

  /** Seen again: a device that slept may hold a connection that is dead, and no timer has run meanwhile. */
  function onVisibility() {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(rest, HIDDEN_MS);
    else if (!open) connect();
    else if (Date.now() - heard > QUIET_MS) watchQuiet(0);
  }

  function onOnline() {
    if (open) climb();
    else connect();
  }

  const listened = [
    [document, "visibilitychange", onVisibility],
    [window, "online", onOnline],
    [window, "pagehide", rest],
    [window, "pageshow", connect],
  ];
  for (const [on, what, act] of listened) on.addEventListener(what, act);
  connect();

  return {
    stop() {
      stopped = true;
      rest();
      clearTimeout(hiddenTimer);
      for (const [on, what, act] of listened) on.removeEventListener(what, act);
    },
  };
}

function socket(query, on, onFirst) {
  const one = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live?${query}`);
  const timer = setTimeout(on.end, OPEN_MS);
  one.onopen = () => {
    clearTimeout(timer);
    onFirst();
    on.open();
  };
  one.onmessage = ({ data }) => on.frame(JSON.parse(data));
  one.onclose = ({ code }) => {
    clearTimeout(timer);
    on.end(code);
  };
  return () => {
    clearTimeout(timer);
    one.onopen = one.onclose = one.onmessage = null;
    one.close();
  };
}

async function read(channel) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), OPEN_MS);
  try {
    const answer = await fetch(`/live/state/${channel}`, { signal: stop.signal });
    if (!answer.ok) throw Object.assign(new Error(channel), { code: answer.status === 404 ? 4404 : undefined });
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}
