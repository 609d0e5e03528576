/* The video of a showcase, beside its board: `drawVideo(place, streams)`, as often as anything changes.
 *
 * Nothing is loaded from anybody else before the viewer presses play: until then there is a title, the host's name and a
 * button. What is playing goes on while boards come, the language is switched or other streams are added; it ends when
 * its stream is taken away. A stream that does not come says so, with what can be done, and never stands in the board's
 * way. Words, styles and the list of origins that may be framed are loaded with the first stream.
 */

import { el, put, write } from "/shared/dom.js";
import { lang, learn, pick, t } from "/shared/i18n.js";
import { originOf, recognise } from "/shared/streams.js";
import { frameOf } from "./frame.js";

const SLOW_MS = 12000;
const places = new WeakMap();
let loaded;

export async function drawVideo(place, streams = []) {
  if (!streams.length && !places.has(place)) return;
  const video = places.get(place) ?? new Video(place);
  places.set(place, video);
  video.streams = streams;
  loaded ??= load().catch(() => (loaded = null)); // without its words there is no video, and the next call tries again
  if (!(await loaded) || video.streams !== streams) return;
  video.frames = (await loaded).frames;
  video.draw();
}

/** What is needed once there is a stream. */
async function load() {
  const style = el("link", { rel: "stylesheet", href: "/broadcast/video.css" });
  const styled = new Promise((done) => (style.onload = style.onerror = done));
  document.head.append(style);
  const [answer] = await Promise.all([fetch("/broadcast/frames.json"), learn("/broadcast/words/video"), styled]);
  return { frames: await answer.json() };
}

/** The language of the page first, then streams for everybody, then the others; each as the organiser ordered them. */
const ordered = (streams) => {
  const rank = ({ lang: spoken }) => (spoken === lang ? 0 : spoken ? 2 : 1);
  return [...streams].sort((a, b) => rank(a) - rank(b));
};

const titleOf = (stream) => pick(stream.title) || t("video.untitled");

class Video {
  streams = [];
  frames = [];
  #chosen = null; // the address of the stream that the viewer asked for
  #frame = null; // there is one while it plays
  #state = "";
  #drawn = "";
  #slow;
  #stage = el("div", { class: "video-stage" });
  #say = el("p", { class: "video-say", role: "status" });
  #below = el("div", { class: "video-below" });

  constructor(place) {
    this.place = place;
    addEventListener("message", ({ source, data }) => {
      if (this.#frame && source === this.#frame.contentWindow && typeof data?.video === "string") this.#told(data.video);
    });
    addEventListener("online", () => this.#state === "offline" && this.#play());
  }

  draw() {
    const [first] = ordered(this.streams);
    const stream = this.streams.find((one) => one.url === this.#chosen);
    if (!stream) {
      this.#chosen = null;
      this.#stop();
    }
    this.#show(stream ?? first);
  }

  #show(stream) {
    const key = JSON.stringify([lang, this.streams, this.frames, stream, Boolean(this.#frame), this.#state]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (!stream) return put(this.place);
    const { kind, host } = recognise(stream.url);
    const framed = kind !== "other" || this.frames.includes(originOf(stream.url));
    if (!this.place.contains(this.#stage)) {
      put(this.place, el("section", { class: "video" }, this.#say, this.#stage, this.#below));
    }
    this.#stage.parentNode.setAttribute("aria-label", t("video.name"));
    this.#stage.classList.toggle("on", Boolean(this.#frame));
    if (this.#frame) this.#frame.title = titleOf(stream);
    else put(this.#stage, this.#poster(stream, host, framed));
    const silent = !this.#state || this.#state === "playing";
    write(this.#say, silent ? "" : t(`video.${this.#state}`, { host }));
    this.#say.classList.toggle("calm", this.#state === "loading");
    put(this.#below, this.#choices(stream, host));
  }

  #poster(stream, host, framed) {
    const title = titleOf(stream);
    const from = t("video.from", { host });
    return el(
      "div",
      { class: "video-poster" },
      framed
        ? el(
            "button",
            {
              class: "video-play",
              type: "button",
              "aria-label": t("video.play.of", { title, from }),
              onclick: () => this.#play(stream),
            },
            t("video.play"),
          )
        : away(stream, host, "video-play"),
      el(
        "div",
        { class: "video-name" },
        el("p", { class: "video-title" }, el("bdi", {}, title)),
        el("p", { class: "video-host" }, spoken(stream), from),
      ),
      el("p", { class: "video-before" }, framed ? t("video.before", { host }) : t("video.link")),
    );
  }

  #choices(stream, host) {
    const others = ordered(this.streams).filter((one) => one !== stream);
    const act = (key, doing) => el("button", { type: "button", onclick: doing }, t(key));
    return [
      this.#frame && [
        act("video.retry", () => this.#play(stream)),
        act("video.close", () => {
          this.#stop();
          this.#show(stream);
          this.#stage.querySelector(".video-play")?.focus();
        }),
        away(stream, host),
        el("span", { class: "video-none" }, t("video.none")),
      ],
      others.length > 0 &&
        el(
          "ul",
          { class: "video-others", "aria-label": t("video.others") },
          others.map((one) => el("li", {}, el("button", { type: "button", onclick: () => this.#choose(one) }, label(one)))),
        ),
    ];
  }

  /** Choosing another stream shows its poster: that another host is asked is the viewer's decision each time. */
  #choose(stream) {
    this.#stop();
    this.#chosen = stream.url;
    this.#show(stream);
    this.#stage.querySelector(".video-play")?.focus();
  }

  #play(stream = this.streams.find((one) => one.url === this.#chosen)) {
    const again = this.#state === "offline"; // some browsers say so wrongly: whoever insists is believed
    this.#stop();
    if (!stream) return;
    this.#chosen = stream.url;
    if (!navigator.onLine && !again) {
      this.#state = "offline";
      return this.#show(stream);
    }
    const frame = frameOf(recognise(stream.url), titleOf(stream), lang);
    this.#frame = frame;
    this.#state = "loading";
    this.#slow = setTimeout(() => this.#told("slow"), SLOW_MS);
    frame.addEventListener("load", () => frame === this.#frame && !("tells" in frame.dataset) && this.#told("playing"));
    put(this.#stage, frame);
    this.#show(stream);
    frame.focus();
  }

  #told(state) {
    clearTimeout(this.#slow);
    this.#state = state;
    this.draw();
  }

  #stop() {
    clearTimeout(this.#slow);
    this.#frame = null;
    this.#state = "";
  }
}

const spoken = (stream) => stream.lang && el("span", { class: "video-lang" }, t(`video.lang.${stream.lang}`));

const label = (stream) => [
  el("bdi", {}, titleOf(stream)),
  " ",
  el("small", {}, [stream.lang && t(`video.lang.${stream.lang}`), recognise(stream.url).host].filter(Boolean).join(" · ")),
];

/** A link to where the stream is at home, in a new tab, which learns nothing of this page. */
const away = (stream, host, name = "") =>
  el(
    "a",
    { class: name, href: stream.url, target: "_blank", rel: "noopener noreferrer" },
    t("video.watch", { host }),
    el("span", { class: "hush" }, ` (${t("video.newtab")})`),
  );
