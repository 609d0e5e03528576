/* Keep the screen on while the page is seen, where the browser can: only on https, and not with an empty battery. */

export function keepAwake() {
  const ask = () => {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
