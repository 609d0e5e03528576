/* What a page's address asks for: `c` a competition, `who` a bib, and the options of one page.
 *
 * Addresses are typed and pasted by people: what is not understood counts as not asked for, and numbers stay in bounds.
 */

const query = new URLSearchParams(location.search);

export const showcase = decoded(location.pathname.split("/")[2] ?? "");
export const asked = (name) => query.get(name) ?? "";
export const oneOf = (name, [usual, ...others]) => (others.includes(asked(name)) ? asked(name) : usual);

/** The bib the address asks for, or "". */
export const who = /^\d{1,4}$/.test(asked("who")) ? asked("who") : "";

/** Whether this is the competitor that the address asks for: 7 and 07 are the same bib. */
export const sought = (bib) => who !== "" && Number(bib) === Number(who);

export function number(name, usual, least, most) {
  const found = Number(asked(name));
  return asked(name) && Number.isFinite(found) ? Math.min(most, Math.max(least, found)) : usual;
}

/** The address of one of this showcase's pages; empty options are left out. */
export function addressOf(page, options = {}) {
  const url = new URL(`/s/${encodeURIComponent(showcase)}${page && `/${page}`}`, location.origin);
  for (const [name, value] of Object.entries(options)) if (value) url.searchParams.set(name, value);
  return url.href;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no showcase has such a name, and the page can say so
  }
}
