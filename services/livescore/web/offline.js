/* Opening without a network: the worker that keeps this page, what this device can promise, and newer versions.
 *
 * A newer version is loaded when the page is opened again, or when the judge presses the button; never by itself. On a
 * plain-http address other than this machine's own, browsers offer no worker, no lasting storage and no figures about it:
 * then marks are kept all the same, but the page cannot be opened without a network.
 */

const SCRIPT = "/judge-worker.js";
const SCOPE = "/judge";
const LOOK_MS = 15 * 60 * 1000;
const worker = navigator.serviceWorker;

/** What holds on this device; null where it is not known (yet). `newer` becomes true when there is a newer version. */
export const device = { worker: Boolean(worker), opens: null, version: null, lasting: null, left: null, newer: false };

/** Have the page kept, look for newer ones now and then, and ask for storage that lasts; tells of each change. */
export async function keepPage(onChange) {
  askForStorage().then(onChange);
  if (!worker) return;
  // A newer worker has taken over; this page goes on with the scripts it has in memory.
  let had = Boolean(worker.controller);
  worker.addEventListener("controllerchange", () => {
    device.newer ||= had;
    had = true;
    onChange();
  });
  try {
    const registration = await worker.register(SCRIPT, { scope: SCOPE, updateViaCache: "none" });
    const look = () => navigator.onLine && registration.update().catch(() => {});
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
