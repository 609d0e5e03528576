/* The ways for networks that block WebSocket, loaded only there: Server-Sent Events, and below them plain requests.
 *
 * Each begins at once and returns what ends it; `on` are open(), frame(frame) and end(code), as in connection.js.
 */

import { read } from "./connection.js";

const POLL_MS = 3000;

export function events(query, on) {
  const source = new EventSource(`/live/events?${query}`);
  source.onopen = on.open;
  source.onmessage = ({ data }) => on.frame(JSON.parse(data));
  source.onerror = () => on.end();
  return () => source.close();
}

export function poll(channels, on) {
  let gone = false;
  const turn = async () => {
    try {
      for (const channel of channels) {
        const frame = await read(channel);
        if (gone) return;
        on.frame(frame);
      }
      setTimeout(() => gone || turn(), POLL_MS * (1 + Math.random() / 3));
    } catch (error) {
      if (!gone) on.end(error.code);
    }
  };
  turn();
  return () => {
    gone = true;
  };
}
