/* Follow a board from a page of any origin, by the protocol in docs/protocol.md.
 *
 * WebSocket first; where that never opens, Server-Sent Events; where those do not either, plain requests for a minute,
 * and then from the beginning. Whatever happens in between, the board that is held is named in the next question, so
 * coming back costs what was missed and no more.
 */

const OPEN_MS = 8000;
const ASK_MS = 3000;
const ASK_TIMES = 20;
const GIVE_UP = new Set([1009, 4400]);

/** The next board, or null when the frame does not fit the one we hold (null while we hold none). */
export function take(board, frame) {
  const { epoch, seq } = frame;
  if (frame.type === "snapshot") return { epoch, seq, ...frame.state };
  if (!board || board.epoch !== epoch || board.seq !== frame.base) return null;
  const rows = { ...board.rows };
  for (const [id, fields] of Object.entries(frame.rows)) {
    if (fields === null) delete rows[id];
    else rows[id] = changed(rows[id], fields);
  }
  return { epoch, seq, head: changed(board.head, frame.head), rows };
}

/** A value replaces the old one whole; null takes the field away. */
function changed(fields, changes) {
  return Object.fromEntries(Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== null));
}

/** How long to stay away, after so many tries in a row that brought nothing. */
export function pause(code, tries, toldMs) {
  if (toldMs !== undefined) return toldMs;
  if (code === 4404) return 15000 + 5000 * Math.random();
  if (code === 1013) return 5000 * Math.min(2 ** tries, 12) * (1 + Math.random() / 2);
  if (code === 4008) return 5000 + 1000 * Math.random();
  return 1000 * Math.min(2 ** tries, 30) * Math.random();
}

/** `onBoard(board)` for each new state; `onState(text)` says how it is connected. Returns only when it is no use. */
export async function follow({ server, channel, country = "", onBoard, onState }) {
  let board = null,
    way = 0,
    failed = 0,
    tries = 0,
    toldMs;

  function address(path) {
    const query = new URLSearchParams({ c: channel, since: board ? `${board.epoch}.${board.seq}` : "" });
    if (country) query.set("from", country);
    return `${server}${path}?${query}`;
  }

  /** Whether the frame was one to go on with. */
  function hear(frame) {
    if (frame.type === "bye") toldMs = frame.retry_ms;
    if (frame.type !== "snapshot" && frame.type !== "delta") return true;
    const next = take(board, frame);
    if (next === null) return false;
    board = next;
    tries = 0;
    onBoard(board);
    return true;
  }

  const bySocket = () =>
    new Promise((ended) => {
      const socket = new WebSocket(address("/live").replace(/^http/, "ws"));
      let opened = false;
      const timer = setTimeout(() => opened || socket.close(), OPEN_MS);
      socket.onopen = () => {
        opened = true;
        onState("live by WebSocket");
      };
      socket.onmessage = ({ data }) => hear(JSON.parse(data)) || socket.close();
      socket.onclose = ({ code }) => {
        clearTimeout(timer);
        ended({ code, opened });
      };
    });

  const byEvents = () =>
    new Promise((ended) => {
      const source = new EventSource(address("/live/events"));
      let opened = false;
      const end = () => {
        source.close();
        ended({ opened });
      };
      source.onopen = () => {
        opened = true;
        onState("live by Server-Sent Events");
      };
      source.onmessage = ({ data }) => hear(JSON.parse(data)) || end();
      // Once open, the browser comes back by itself: after the time in `retry:`, with the positions as Last-Event-ID.
      source.onerror = () => {
        onState("not connected");
        if (!opened || source.readyState === EventSource.CLOSED) end();
      };
    });

  /** The browser's cache sends the ETag; asking with a header of our own would cost a preflight each time. */
  async function byAsking() {
    let held;
    for (let time = 0; time < ASK_TIMES; time += 1) {
      const answer = await fetch(`${server}/live/state/${channel}`, { cache: "no-cache" }).catch(() => null);
      if (!answer?.ok) return { code: answer?.status === 404 ? 4404 : undefined, opened: false };
      onState("asking every few seconds");
      if (answer.headers.get("ETag") !== held) hear(await answer.json());
      held = answer.headers.get("ETag");
      await wait(ASK_MS * (1 + Math.random() / 3));
    }
    return { opened: false };
  }

  const ways = [bySocket, byEvents, byAsking];
  for (;;) {
    toldMs = undefined;
    const { code, opened } = await ways[way]();
    if (GIVE_UP.has(code)) break;
    onState("not connected");
    failed = opened || code === 4404 ? 0 : failed + 1;
    if (failed === 2 || (way === 2 && failed)) {
      way = (way + 1) % ways.length;
      failed = tries = 0;
    }
    await wait(pause(code, tries, toldMs));
    tries += 1;
  }
  onState("refused: this page asks wrongly");
}

const wait = (ms) => new Promise((done) => void setTimeout(done, ms));
