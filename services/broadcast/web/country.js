/* The country the viewer says it watches from: what was chosen here, else what the browser's languages suggest.
 *
 * The first language tag that names a region decides (zh-CN, en-GB). Addresses are never looked up. Who chose to say
 * nothing says nothing, as "".
 */

const KEY = "showcase.from";

export const guessed = () => navigator.languages.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1]).find(Boolean) ?? "";

export function country() {
  try {
    return localStorage.getItem(KEY) ?? guessed();
  } catch {
    return guessed();
  }
}

export function choose(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    /* private mode: it counts until the page is left */
  }
}
