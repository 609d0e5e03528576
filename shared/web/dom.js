/* Building the page without a template language: `el` makes one element, `put` replaces what is inside one.
 *
 * Text always becomes a text node, so nothing that comes as data can turn into markup, and no style or script is ever
 * set through an attribute string: the content security policy forbids it. Numbers are custom properties, set by CSSOM.
 */

export function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) node.style.setProperty(key, value);
    else if (key === "class") node.className = value;
    else if (key === "value" || key === "checked") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  return put(node, ...children);
}

/** Replace the content of `node`; null and false are left out, lists are flattened. */
export function put(node, ...children) {
  node.replaceChildren(...children.flat(9).filter((child) => child != null && child !== false));
  return node;
}

/** Put these nodes into `parent` in this order, leaving alone what is in place: moving a node takes the focus out of it. */
export function arrange(parent, nodes) {
  for (const child of [...parent.children]) if (!nodes.includes(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}

/** Write a text only when it differs, so that screen readers and the layout are not disturbed. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const byId = (id) => document.getElementById(id);

/** A person's name: isolated, so that a right-to-left name cannot reorder what stands around it. */
export const bdi = (name) => el("bdi", { dir: "auto" }, name);

/** Make an id for a command: 128 random bits. (randomUUID is missing on plain-http addresses in a local network.) */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
