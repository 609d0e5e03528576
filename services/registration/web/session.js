/* The organiser's signed-in calls: the token of the link, for this tab only, and the one place that knows it. */

import { claims, takeToken } from "/shared/access.js";
import { call } from "/shared/http.js";

const KEY = "showcase.organiser";
let token = takeToken(KEY, sessionStorage);
const BASE = "/api/registration";

export const signedIn = () => Boolean(token);
export const rights = () => claims(token);

/** Take a pasted link or token. */
export function signIn(text) {
  token = text.trim().split("token=").pop();
  sessionStorage.setItem(KEY, token);
}

export function signOut() {
  token = null;
  sessionStorage.removeItem(KEY);
}

export const read = async (path) => (await call("GET", BASE + path, { token })).body;

/** Every command names its ids, so sending it again is safe. */
export const send = async (path, json = {}) => (await call("POST", BASE + path, { token, json, again: 2 })).body;

/** The page of livescore that takes a marking scheme; the token travels in the fragment, which is not sent. */
export const schemeLink = (livescore, competition, lang) =>
  `${livescore}/schemes?lang=${lang}&competition=${encodeURIComponent(competition)}#token=${token}`;
