/* Opening without a network: the worker that keeps this page, what this device can promise, and newer versions.
 *
 * A newer version is taken when the page is opened, before anything is drawn, or when the judge presses the button;
 * never by itself in between. On a plain-http address other than this machine's own, browsers offer no worker, no lasting
 * storage and no figures about it: then marks are kept all the same, but the page cannot be opened without a network.
 */

const SCRIPT = "/judge-worker.js";
const SCOPE = "/judge";
const LOOK_MS = 15 * 60 * 1000;
const worker = navigator.serviceWorker;

/** What holds on this device; null where it is not known (yet). `newer` becomes true when a version waits. */
export const device = { worker: Boolean(worker), opens: null, version: null, lasting: null, left: null, newer: false };

/** At the start: change to a version that has been waiting. True when the page is about to be loaded anew. */
export async function renewed() {
  try {
    const waiting = (await worker?.getRegistration(SCOPE))?.waiting;
    if (!waiting || !worker.controller) return false;
    await takeOver(waiting);
    location.reload();
    return true;
  } catch {
    return false;
  }
}

/** The judge asked for the newer version. */
export async function renew() {
  const waiting = (await worker.getRegistration(SCOPE))?.waiting;
  if (waiting) await takeOver(waiting);
  location.reload();
}

function takeOver(waiting) {
  return new Promise((done) => {
    worker.addEventListener("controllerchange", done, { once: true });
    setTimeout(done, 3000);
    waiting.postMessage("take over");
  });
}

/** Have the page kept, look for newer ones now and then, and ask for storage that lasts; tells of each change. */
export async function keepPage(onChange) {
  askForStorage().then(onChange);
  if (!worker) return;
  const hadOne = Boolean(worker.controller);
  // Another tab has changed to a newer version: this one goes on with what it has in memory until it is loaded anew.
  if (hadOne) worker.addEventListener("controllerchange", () => notice());
  const notice = (newer = true) => {
    device.newer ||= newer;
    onChange();
  };
  try {
    const registration = await worker.register(SCRIPT, { scope: SCOPE, updateViaCache: "none" });
    const look = () => navigator.onLine && registration.update().catch(() => {});
    registration.addEventListener("updatefound", () => {
      const next = registration.installing;
      next.addEventListener("statechange", () => {
        if (next.state === "installed" && registration.active) notice();
      });
    });
    if (registration.waiting && registration.active) notice();
    setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", () => !document.hidden && look());
    addEventListener("online", look);
  } catch {
    device.opens = false; // not reachable just now, or refused; the next opening tries again
  }
  await worker.ready;
  const ask = async () => {
    Object.assign(device, await completeness((await worker.getRegistration(SCOPE))?.active));
    onChange();
  };
  addEventListener("online", ask);
  await ask();
}

function completeness(active) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }) => done({ opens: data.yes, version: data.VERSION }));
    port1.start();
    active?.postMessage("complete?", [port2]);
    setTimeout(() => done({ opens: false }), 20000);
  });
}

/** Browsers may clear what was not asked for as lasting, when a device runs out of space. */
async function askForStorage() {
  try {
    const { storage } = navigator;
    device.lasting = (await storage?.persisted?.()) || ((await storage?.persist?.()) ?? null);
    const { quota, usage } = (await storage?.estimate?.()) ?? {};
    device.left = quota == null ? null : quota - usage;
  } catch {
    device.lasting = null;
  }
}
