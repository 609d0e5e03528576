/* One way to call a service: JSON in, JSON out, or a `Problem` that says what was wrong and where.
 *
 * Every call has a time limit. A call that may be sent again safely (GET, PUT, or a POST that carries an id made
 * here) says how often with `again`; it is repeated after no answer, 429 and 503, never after another refusal.
 * A `file` is `{ type, body }`: a media type, and text or bytes as they are.
 * A `Problem` with status 0 means nobody answered: whether the command was carried out is then unknown.
 */

import { has, t } from "./i18n.js";

export class Problem extends Error {
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail || body.title || `HTTP ${status}`);
    Object.assign(this, {
      status,
      body,
      retryAfter,
      code: body.code || (status ? `http_${status}` : "no_answer"),
      faults: body.errors || [],
    });
  }

  /** In the page's words where it has some for this code, otherwise as the service said it. */
  get words() {
    return has(`error.${this.code}`)
      ? t(`error.${this.code}`)
      : has(`error.http_${this.status}`)
        ? t(`error.http_${this.status}`)
        : this.message;
  }

  get passing() {
    return [0, 429, 502, 503, 504].includes(this.status);
  }
}

const pause = (ms) =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

export async function call(
  method,
  path,
  { token, json, file, etag, again = method === "GET" ? 2 : 0, timeout = 10000 } = {},
) {
  for (let turn = 0; ; turn += 1) {
    try {
      return await once(method, path, { token, json, file, etag, timeout });
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.passing || turn >= again) throw problem;
      await pause(Math.max(problem.retryAfter * 1000, 400 * 2 ** turn) * (1 + Math.random() / 2));
    }
  }
}

async function once(method, path, { token, json, file, etag, timeout }) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (file) headers["Content-Type"] = file.type;
  if (etag) headers["If-None-Match"] = etag;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: json !== undefined ? JSON.stringify(json) : file?.body,
      signal: stop.signal,
      cache: "no-store",
    });
    const date = Date.parse(answer.headers.get("Date"));
    const told = answer.headers;
    if (answer.status === 304) return { status: 304, body: null, etag, date, headers: told };
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Problem(answer.status, body, Number(answer.headers.get("Retry-After")) || 0);
    return { status: answer.status, body, etag: told.get("ETag"), date, headers: told };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(0, { code: error.name === "AbortError" ? "too_slow" : "no_answer", detail: error.message });
  } finally {
    clearTimeout(timer);
  }
}
