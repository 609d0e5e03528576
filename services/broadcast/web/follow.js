/* Follow channels for as long as the page lives.
 *
 *   WebSocket /live  ->  after three failures SSE /live/events  ->  after two failures polling /live/state
 *
 * All three carry the same frames; board.js folds them. After every loss the next attempt names the position it has
 * (`since=epoch.seq`, one per channel), so a return costs only what was missed. Close codes are instructions:
 * 1012 come back after the retry_ms of the bye frame · 1013 full, back off further · 4008 too slow, resume at once, but
 * once in five seconds · 4400 our request is wrong, stop · 4404 no such board (yet), ask again in 15 s. Anything else:
 * jittered back-off.
 *
 * Below the WebSocket it is tried again half a minute later, then less and less often up to every ten minutes, and at
 * once when the device comes online; meanwhile the lower way goes on, so a trial that fails is not seen. A trial asks as
 * a newcomer does, who is answered at once: it takes over when it has spoken, because there are networks where a
 * WebSocket opens and nothing ever comes.
 *
 * A connection can die without telling anyone, so after 30 quiet seconds the state is asked for over HTTP, which is cheap
 * and cached; an answer ahead of ours means that it is dead. A way that opened and never spoke is left for the next one.
 * A page hidden for a minute lets its connection go and resumes when it is seen again.
 *
 * `held` are boards the page has already, `from` the country the viewer says. `onBoard(channel, board, before)` runs for
 * each new state, `onState(name, since, way)` for live, connecting, stale, missing, refused; `since` is when the last
 * message came, `way` is socket, events or poll.
 */

import { attend } from "./attend.js";
import { advance } from "./board.js";
import { connection, read } from "./connection.js";

const LADDER = ["socket", "socket", "socket", "events", "events", "poll", "poll"];
const QUIET_MS = 30000,
  OWED_MS = 8000,
  MISSING_MS = 15000,
  SLOW_MS = 5000,
  CLIMB_MS = 30000;

export function follow(channels, { onBoard, onState, held = [], from = "" }) {
  const boards = new Map(held);
  let rung = 0,
    failures = 0,
    climbs = 0,
    retryMs = 0,
    heard = 0,
    slowAt = 0,
    open = null, // {kind, spoke, close}
    trial = null,
    name = "",
    way = "";
  let retryTimer,
    quietTimer,
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
  function query(resumes) {
    const asked = channels.map((one) => `c=${encodeURIComponent(one)}${resumes ? `&since=${since(one)}` : ""}`);
    return [...asked, ...(from ? [`from=${from}`] : [])].join("&");
  }

  const later = (ms) => {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, ms);
  };

  function connect() {
    clearTimeout(retryTimer);
    if (stopped || open) return;
    if (name !== "missing") say(boards.size ? "stale" : "connecting");
    const kind = LADDER[rung];
    const asked = { query: query(heard > 0 || complete()), channels };
    open = { kind, spoke: false, close: connection(kind, asked, { open: opened, frame: take, end: lost }) };
  }

  /** A resumed connection with nothing missed gets no frame, so being open is enough when every board is held. */
  function opened() {
    if (!complete()) {
      watchQuiet(OWED_MS);
      return;
    }
    heard = Date.now();
    watchQuiet();
    live();
  }

  function take(frame) {
    heard = Date.now();
    open.spoke = true;
    rung = LADDER.indexOf(open.kind);
    if (rung === 0) climbs = 0;
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
    say("live");
    if (open.kind !== "socket" && !climbTimer && !trial) climbLater();
  }

  function watchQuiet(ms = QUIET_MS) {
    clearTimeout(quietTimer);
    quietTimer = setTimeout(ask, ms * (1 + Math.random() / 3));
  }

  /** Is what is quiet dead? */
  async function ask() {
    const [asked, then] = [open, heard];
    const dead = await isBehind().catch(() => true);
    if (asked !== open || then !== heard) return;
    if (!dead) watchQuiet();
    else {
      if (!open.spoke) rung = LADDER.lastIndexOf(open.kind);
      lost();
    }
  }

  /** Whether something never came, or HTTP knows of newer states that still have not reached us a moment later. */
  async function isBehind() {
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

  function climbLater() {
    climbTimer = setTimeout(climb, CLIMB_MS * Math.min(20, 2 ** climbs) * (1 + Math.random() / 2));
  }

  /** Try the WebSocket beside the lower way that works. */
  function climb() {
    clearTimeout(climbTimer);
    climbTimer = 0;
    if (!open || open.kind === "socket" || trial) return;
    climbs += 1;
    const mine = { kind: "socket", spoke: false };
    const on = {
      frame(frame) {
        if (trial === mine) adopt();
        take(frame);
      },
      end: (code) => (trial === mine ? fail() : lost(code)),
    };
    mine.close = connection("socket", { query: query(false), channels }, on);
    trial = mine;
  }

  function fail() {
    trial = null;
    climbLater();
  }

  function adopt() {
    open.close();
    open = trial;
    trial = null;
  }

  function drop() {
    open?.close();
    trial?.close();
    open = trial = null;
    clearTimeout(quietTimer);
    clearTimeout(climbTimer);
    climbTimer = 0;
  }

  function lost(code) {
    drop();
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
    if (!retryMs && (code === undefined || code === 1006)) rung = (rung + 1) % LADDER.length;
    say(boards.size ? "stale" : "connecting");
    later(pauseAfter(code));
  }

  function pauseAfter(code) {
    const asked = retryMs;
    retryMs = 0;
    if (asked) return asked * (1 + Math.random() / 4);
    if (code === 4008 && Date.now() - slowAt > SLOW_MS) {
      slowAt = Date.now();
      return Math.random() * 200;
    }
    const doubled = 2 ** Math.min(failures - 1, 5);
    if (code === 1013) return Math.min(30000, 5000 * doubled) * (1 + Math.random() / 4);
    return Math.min(10000, 400 * doubled) * (0.4 + Math.random());
  }

  function rest() {
    drop();
    clearTimeout(retryTimer);
  }

  const leave = attend({
    rest,
    seen() {
      if (!open) connect();
      else if (Date.now() - heard > QUIET_MS) watchQuiet(0);
    },
    online() {
      if (!open) connect();
      else {
        climb();
        watchQuiet(1000);
      }
    },
    slept() {
      drop();
      connect();
    },
  });
  connect();

  return {
    stop() {
      stopped = true;
      rest();
      leave();
    },
  };
}
