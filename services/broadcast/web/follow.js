/* Follow channels for as long as the page lives.
 *
 *   WebSocket /live  ->  after three failures SSE /live/events  ->  after two failures polling /live/state
 *
 * All three carry the same frames; board.js folds them. After every loss the next attempt names the position it has
 * (`since=epoch.seq`, one per channel), so a return costs only what was missed. Close codes are instructions:
 * 1012 come back after the retry_ms of the bye frame · 1013 full, back off further · 4008 too slow, resume at once ·
 * 4400 our request is wrong, stop · 4404 no such board (yet), ask again in 15 s. Anything else: jittered back-off.
 *
 * A socket can die without telling anyone, so after 30 quiet seconds the state is asked for over HTTP, which is cheap
 * and cached; an answer ahead of ours means the socket is dead. A page hidden for a minute lets its connection go
 * and resumes when it is seen again.
 *
 * `held` are boards the page has already; `onBoard(channel, board, before)` runs for each new state, `onState(name, since)` for live, connecting, stale, missing,
 * refused; `since` is when the last message came.
 */

import { advance } from "./board.js";

const LADDER = ["socket", "socket", "socket", "events", "events", "poll"];
const QUIET_MS = 30000,
  POLL_MS = 3000,
  HIDDEN_MS = 60000,
  MISSING_MS = 15000,
  OPEN_MS = 8000;

export function follow(channels, { onBoard, onState, held = [] }) {
  const boards = new Map(held);
  let rung = 0,
    failures = 0,
    polls = 0,
    retryMs = 0,
    heard = 0,
    open = null,
    name = "";
  let retryTimer,
    quietTimer,
    hiddenTimer,
    stopped = false;

  const say = (next) => {
    if (next !== name || next !== "live") {
      name = next;
      onState(next, heard);
    }
  };
  const since = (channel) => (boards.has(channel) ? `${boards.get(channel).epoch}.${boards.get(channel).seq}` : "");
  const query = () => channels.map((channel) => `c=${encodeURIComponent(channel)}&since=${since(channel)}`).join("&");
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
    say("live");
  }

  /** A resumed connection with nothing missed gets no frame, so being open is enough when every board is held. */
  function opened() {
    watchQuiet();
    if (!channels.every((channel) => boards.has(channel))) return;
    heard = Date.now();
    say("live");
  }

  function watchQuiet() {
    clearTimeout(quietTimer);
    quietTimer = setTimeout(
      async () => {
        const asked = open;
        const dead = await isDead().catch(() => true);
        if (asked !== open) return;
        if (dead) lost();
        else watchQuiet();
      },
      QUIET_MS * (1 + Math.random() / 3),
    );
  }

  /** Whether HTTP knows of newer states that still have not reached us a moment later. Counts of viewers do not matter. */
  async function isDead() {
    for (const channel of channels.filter((name) => boards.has(name) && !name.startsWith("audience/"))) {
      const { epoch, seq } = await read(channel);
      const behind = () => boards.get(channel).epoch !== epoch || boards.get(channel).seq < seq;
      if (!behind()) continue;
      await new Promise((done) => {
        setTimeout(done, 2000);
      });
      if (behind()) return true;
    }
    return false;
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

  function connect() {
    clearTimeout(retryTimer);
    if (stopped || open) return;
    if (name !== "missing") say(boards.size ? "stale" : "connecting");
    ({ socket: connectSocket, events: connectEvents, poll: connectPoll })[LADDER[rung]]();
  }

  function connectSocket() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live?${query()}`);
    const mine = {
      close: () => {
        socket.onclose = socket.onmessage = null;
        socket.close();
      },
    };
    const timer = setTimeout(() => {
      if (open === mine) lost();
    }, OPEN_MS);
    open = mine;
    socket.onopen = () => {
      clearTimeout(timer);
      rung = polls = 0;
      opened();
    };
    socket.onmessage = ({ data }) => take(JSON.parse(data));
    socket.onclose = ({ code }) => {
      clearTimeout(timer);
      if (open === mine) lost(code);
    };
  }

  function connectEvents() {
    const source = new EventSource(`/live/events?${query()}`);
    const mine = { close: () => source.close() };
    open = mine;
    source.onopen = () => {
      rung = 3;
      opened();
    };
    source.onmessage = ({ data }) => take(JSON.parse(data));
    source.onerror = () => {
      if (open === mine) lost();
    };
  }

  /** Poll for half a minute, later longer, then see whether a real connection is possible again. */
  async function connectPoll() {
    const mine = (open = { close: () => {} });
    try {
      for (let turn = 0; turn < 8 << Math.min(polls, 4); turn += 1) {
        for (const channel of channels) take(await read(channel));
        await new Promise((done) => {
          setTimeout(done, POLL_MS * (1 + Math.random() / 3));
        });
        if (open !== mine) return;
      }
      polls += 1;
      open = null;
      rung = 2;
      connect();
    } catch (error) {
      if (open === mine) lost(error.code === 4404 ? 4404 : undefined);
    }
  }

  function drop() {
    const was = open;
    open = null;
    clearTimeout(quietTimer);
    if (was) was.close();
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

  function onVisibility() {
    clearTimeout(hiddenTimer);
    if (document.hidden)
      hiddenTimer = setTimeout(() => {
        drop();
        clearTimeout(retryTimer);
      }, HIDDEN_MS);
    else connect();
  }

  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("online", connect);
  addEventListener("pageshow", connect);
  connect();

  return {
    stop() {
      stopped = true;
      drop();
      clearTimeout(retryTimer);
      clearTimeout(hiddenTimer);
      document.removeEventListener("visibilitychange", onVisibility);
      removeEventListener("online", connect);
      removeEventListener("pageshow", connect);
    },
  };
}
