/* What a device does to a page that follows something: it hides it, shows it again, sleeps, goes off and on line.
 *
 * `rest` when nobody has looked for a minute or the page is left, `seen` when somebody looks again, `online` when the
 * device has a network again, `slept` when it has not run for a while: no timer ran, no event tells it, and connections
 * are most likely dead. Returns what ends it.
 */

const HIDDEN_MS = 60000,
  TICK_MS = 5000,
  ASLEEP_MS = 20000;

export function attend({ rest, seen, online, slept }) {
  let hiddenTimer,
    ticked = Date.now();

  function look() {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(rest, HIDDEN_MS);
    else if (!woken()) seen();
  }

  /** Browsers let the timers of hidden pages sleep too: there it means nothing. */
  function woken() {
    const away = Date.now() - ticked;
    ticked = Date.now();
    if (document.hidden || away < TICK_MS + ASLEEP_MS) return false;
    slept();
    return true;
  }

  const ticks = setInterval(woken, TICK_MS);
  const listened = [
    [document, "visibilitychange", look],
    [window, "online", () => document.hidden || online()],
    [window, "pagehide", rest],
    [window, "pageshow", look],
  ];
  for (const [on, what, act] of listened) on.addEventListener(what, act);
  return () => {
    clearInterval(ticks);
    clearTimeout(hiddenTimer);
    for (const [on, what, act] of listened) on.removeEventListener(what, act);
  };
}
