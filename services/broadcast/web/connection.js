/* One connection to the boards, by one of three ways that all carry the same frames, socket, events or poll; and `read`,
 * one plain request.
 *
 * A connection begins at once; `on` are open(), frame(frame) and end(code), code as a socket's or none. After `end` nothing
 * more is said, and nothing at all after the function that is returned has closed it. What has not opened after eight
 * seconds has ended: there are networks that accept everything and answer nothing. Without an `on.open` only a frame
 * counts as having opened.
 */

const OPEN_MS = 8000;

export function connection(kind, { query, channels }, on) {
  let over = false,
    shut = () => {};
  const timer = setTimeout(() => said.end(), OPEN_MS);
  const close = () => {
    over = true;
    clearTimeout(timer);
    shut();
  };
  const said = {
    open() {
      if (over || !on.open) return;
      clearTimeout(timer);
      on.open();
    },
    frame(frame) {
      if (over) return;
      clearTimeout(timer);
      on.frame(frame);
    },
    end(code) {
      if (over) return;
      close();
      on.end(code);
    },
  };
  if (kind === "socket") shut = socket(query, said);
  else
    import("./fallback.js").then(
      (ways) => {
        if (!over) shut = ways[kind](kind === "poll" ? channels : query, said);
      },
      () => said.end(),
    );
  return close;
}

function socket(query, on) {
  const one = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live?${query}`);
  one.onopen = on.open;
  one.onmessage = ({ data }) => on.frame(JSON.parse(data));
  one.onclose = ({ code }) => on.end(code);
  return () => {
    one.onopen = one.onclose = one.onmessage = null;
    one.close();
  };
}

/** The newest state of a channel as a snapshot frame; rejects where none came, with `code` 4404 when there is no such
 *  channel. `no-cache` lets the browser ask with the tag of what it has; else it would answer from what it has and ask
 *  behind our back (`stale-while-revalidate`), so that whoever asks now and then is always one answer late.
 */
export async function read(channel) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), OPEN_MS);
  try {
    const answer = await fetch(`/live/state/${channel}`, { signal: stop.signal, cache: "no-cache" });
    if (!answer.ok) throw Object.assign(new Error(channel), { code: answer.status === 404 ? 4404 : undefined });
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}
