/* Access links: `#token=...` is taken from the address, kept in the given storage, and removed from the address at once,
 * so that it does not end up in a screenshot, a bookmark or a copied address. The fragment never reaches a server.
 */

export function takeToken(name, storage) {
  const found = new URLSearchParams(location.hash.slice(1));
  if (found.get("token")) {
    storage.setItem(name, found.get("token"));
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return storage.getItem(name);
}

/** What a token says about itself; the service checks the signature, the page only uses it for what it shows. */
export function claims(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (char) =>
      char.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}
