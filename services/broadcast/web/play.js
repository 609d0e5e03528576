/* The HLS player, a page in a sandbox of its own: no origin, no storage, no cookies, and the only page of ours that may
 * load from strangers' hosts. A classic script, because modules are not loaded into a page without an origin.
 *
 * `#url=…&title=…&lang=…` says what to play; the fragment is sent to nobody. The browser's own player comes first, hls.js
 * where there is none or where it cannot play what is there. What happens is told to the page around as `{ video: state }`: `playing`, `ended`,
 * or why it does not play: `notyet`, `refused`, `unreachable`, `unplayable`.
 */

(() => {
  if (window === window.parent) return; // on its own it would show anybody's video under our name
  const asked = new URLSearchParams(location.hash.slice(1));
  const url = asked.get("url") ?? "";
  const video = document.getElementById("video");
  const tell = (state) => window.parent.postMessage({ video: state }, "*");
  document.documentElement.lang = asked.get("lang") ?? "en";
  document.title = asked.get("title") ?? "";
  video.setAttribute("aria-label", document.title);
  if (!/^https:\/\/|^http:\/\/(?:localhost|127(?:\.[0-9]{1,3}){3})[:/]/.test(url)) return tell("unplayable");

  let hls = null;
  let gaveUp = false;

  /** Ask for the playlist itself, because players say only that they could not have it. */
  async function why() {
    try {
      const answer = await fetch(url, { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
      if (answer.ok) return "unplayable";
      return [401, 403, 451].includes(answer.status) ? "refused" : "notyet";
    } catch {
      return "unreachable";
    }
  }

  async function giveUp() {
    if (gaveUp) return;
    gaveUp = true;
    hls?.destroy();
    tell(await why());
  }

  const start = () => video.play().catch(() => {}); // a browser that wants another press shows its own button

  function withHls() {
    if (hls) return giveUp();
    const script = document.createElement("script");
    script.src = "/broadcast/hls/hls.light.min.js";
    script.onerror = giveUp;
    script.onload = () => {
      if (!window.Hls.isSupported()) return giveUp();
      // A worker would be made from a blob, which the policy of this page forbids.
      hls = new window.Hls({ enableWorker: false, capLevelToPlayerSize: true, maxBufferLength: 20, backBufferLength: 30 });
      let mended = false;
      hls.on("hlsError", (_, { fatal, type }) => {
        if (!fatal) return;
        if (type !== "mediaError" || mended) return giveUp();
        mended = true;
        hls.recoverMediaError();
      });
      hls.on("hlsManifestParsed", start);
      hls.loadSource(url);
      hls.attachMedia(video);
    };
    document.head.append(script);
  }

  video.addEventListener("playing", () => tell("playing"));
  video.addEventListener("ended", () => tell("ended"));
  if (!video.canPlayType("application/vnd.apple.mpegurl")) return withHls();
  video.addEventListener(
    "error",
    async () => {
      video.removeAttribute("src");
      const reason = await why();
      if (reason === "unplayable") withHls();
      else tell(reason);
    },
    { once: true },
  );
  video.src = url;
  start();
})();
