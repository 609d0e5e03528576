/* Keeps the judge's page on the device, so that it opens without a network. PAGE, VERSION and FILES (address to digest)
 * are put in front of this script by the service.
 *
 * Either all files of one version are kept or none: each is compared with its digest, because during an update copies of
 * two versions may answer in turn. A newer version takes over as soon as it is complete. A page that is in use has its
 * scripts in memory and goes on with them; it is told, and loads itself anew only when the judge says so. What is not in
 * the list, the service's answers above all, is never touched: nothing old can pass for new.
 */

const KEPT = "showcase.judge.page.";

addEventListener("install", (event) =>
  event.waitUntil(fill(KEPT + VERSION, Object.keys(FILES)).then(() => skipWaiting())),
);

addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(KEPT) && name !== KEPT + VERSION))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  ),
);

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !(pathname in FILES)) return;
  event.respondWith(kept(pathname).then((answer) => answer ?? fetch(event.request)));
});

addEventListener("message", (event) => {
  if (event.data === "complete?")
    event.waitUntil(complete().then((yes) => event.ports[0].postMessage({ yes, VERSION })));
});

const kept = (pathname) => caches.open(KEPT + VERSION).then((cache) => cache.match(pathname));

/** Whether everything is still here; a browser short of space may have thrown it away, and then it is fetched again. */
async function complete() {
  try {
    const found = await Promise.all(Object.keys(FILES).map(kept));
    await fill(
      KEPT + VERSION,
      Object.keys(FILES).filter((_, at) => !found[at]),
    );
    return true;
  } catch {
    return false;
  }
}

async function fill(name, addresses) {
  const cache = await caches.open(name);
  await Promise.all(
    addresses.map(async (address) => {
      const answer = await fetch(address, { cache: "no-cache" });
      const digest = await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer());
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      if (!answer.ok || !hex.startsWith(FILES[address])) throw new Error(`${address} is of another version`);
      await cache.put(address, answer);
    }),
  );
}
