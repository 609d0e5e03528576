/* Follow a signed-in live view: Server-Sent Events over fetch, because an EventSource cannot send the link's token and a
 * token never goes into an address.
 *
 *   const live = watch("/api/livescore/competitions/x/marking/live", {
 *     token,
 *     tag: () => etag,          what the page holds now; with it nothing is told twice
 *     onEvent: (name, data) => poll(),   "changed": ask for the view with its ETag; "view": `data` is the whole view
 *     poll,                     asks for the view and shows what is wrong; also called while there is no stream
 *     onState: (state) => ...,  "live" or "polling"; a page need not care
 *   });
 *   live.stop();                when the page shows something else
 *
 * While no stream is open, for whatever reason, `poll` is called every four seconds, so the page is right without any
 * stream, only later. Attempts are made again with growing, jittered pauses. A stream that is silent for longer than
 * the service's comments allow is dead; a page hidden for a minute lets its stream go and resumes when it is seen, which
 * also keeps many tabs from taking all the connections a browser has for one server.
 */

const POLL_MS = 4000;
const OPEN_MS = 8000;
const QUIET_MS = 40000;
const HIDDEN_MS = 60000;
const LONGEST_MS = 30000;
const REFUSED_MS = 30000;
const REPLACED_MS = 60000;

export function watch(path, { token, tag, onEvent, poll, onState = () => {} }) {
  let stop = null; // ends the stream that is open or being opened
  let failures = 0;
  let retryMs = 1000;
  let state = "";
  let ended = false;
  let retryTimer, pollTimer, quietTimer, hiddenTimer;

  const say = (next) => {
    if (next === state) return;
    state = next;
    onState(next);
  };

  async function connect() {
    clearTimeout(retryTimer);
    stop?.abort();
    if (ended || document.hidden) return;
    const mine = new AbortController();
    stop = mine;
    let pause = 0;
    quietIn(OPEN_MS, mine);
    try {
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}` };
      const known = tag?.();
      if (known) headers["Last-Event-ID"] = known;
      const answer = await fetch(path, { headers, signal: mine.signal, cache: "no-store" });
      if (answer.ok) pause = await follow(answer.body, mine);
      else
        pause = [401, 403, 404].includes(answer.status) ? REFUSED_MS : 1000 * Number(answer.headers.get("Retry-After"));
    } catch {
      /* aborted, cut, or nobody there: tried again below */
    }
    if (stop !== mine || ended) return;
    clearTimeout(quietTimer);
    failures += 1;
    pollOn();
    const backOff = Math.min(LONGEST_MS, retryMs * 2 ** Math.min(failures - 1, 5));
    retryTimer = setTimeout(connect, Math.max(pause, backOff) * (0.5 + Math.random()));
  }

  /** Read events until the end; the pause after which to come back, if one was asked for. */
  async function follow(body, mine) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let pause = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || stop !== mine) return pause;
      if (state !== "live") opened();
      quietIn(QUIET_MS, mine);
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) pause = take(block) ?? pause;
    }
  }

  function opened() {
    failures = 0;
    clearTimeout(pollTimer);
    say("live");
  }

  function take(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
    }
    if (fields.retry) retryMs = Number(fields.retry);
    if (!fields.event) return null;
    const data = JSON.parse(fields.data);
    if (fields.event === "bye") return data.reason === "replaced" ? REPLACED_MS : retryMs;
    onEvent(fields.event, data, fields.id);
    return null;
  }

  function quietIn(ms, mine) {
    clearTimeout(quietTimer);
    quietTimer = setTimeout(() => mine.abort(), ms);
  }

  /** Ask again and again until a stream is open. */
  function pollOn() {
    say("polling");
    clearTimeout(pollTimer);
    pollTimer = setTimeout(async () => {
      if (!document.hidden) await poll();
      if (state === "polling" && !ended) pollOn();
    }, POLL_MS);
  }

  function seen() {
    clearTimeout(hiddenTimer);
    if (document.hidden) {
      hiddenTimer = setTimeout(() => {
        stop?.abort();
        stop = null;
        clearTimeout(retryTimer);
        pollOn();
      }, HIDDEN_MS);
    } else if (state !== "live") {
      failures = 0;
      poll();
      connect();
    }
  }

  const back = () => state !== "live" && connect();
  document.addEventListener("visibilitychange", seen);
  addEventListener("online", back);
  connect();

  return {
    stop() {
      ended = true;
      stop?.abort();
      for (const timer of [retryTimer, pollTimer, quietTimer, hiddenTimer]) clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", back);
    },
  };
}
