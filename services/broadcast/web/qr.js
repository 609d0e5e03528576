/* An address as a QR code, for phones in the room: byte mode, error correction L, versions 1 to 6 (134 bytes).
 *
 * Made in the page, because the service that fans boards out must not draw for whoever asks. ISO/IEC 18004; the mask is
 * always 0: readers take any, and choosing the prettiest would double this file. A longer address has no code: null.
 */

const DATA = [0, 19, 34, 55, 80, 108, 136];
const CHECK = [0, 7, 10, 15, 20, 26, 18];
const BLOCKS = [0, 1, 1, 1, 1, 1, 2];

/** GF(256) with the polynomial 0x11d. */
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

/** The Reed-Solomon codewords of one block: what is left of it after division by (x - 1)(x - 2)(x - 4)... */
function checked(block, count) {
  let divisor = [1];
  for (let root = 1, n = 0; n < count; n += 1, root = times(root, 2))
    divisor = [...divisor, 0].map((one, at) => one ^ (at ? times(divisor[at - 1], root) : 0));
  const rest = Array(count).fill(0);
  for (const byte of block) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    for (let at = 0; at < count; at += 1) rest[at] ^= times(divisor[at + 1], factor);
  }
  return rest;
}

function codewords(bytes, version) {
  const bits = [0x4, ...[bytes.length >> 4, bytes.length & 15]];
  for (const byte of bytes) bits.push(byte >> 4, byte & 15);
  bits.push(0);
  const data = [];
  for (let at = 0; at < bits.length; at += 2) data.push((bits[at] << 4) | (bits[at + 1] ?? 0));
  for (let pad = 0xec; data.length < DATA[version]; pad ^= 0xec ^ 0x11) data.push(pad);
  const size = DATA[version] / BLOCKS[version];
  const blocks = Array.from({ length: BLOCKS[version] }, (_, n) => data.slice(n * size, (n + 1) * size));
  const checks = blocks.map((block) => checked(block, CHECK[version]));
  const woven = (all) => all[0].flatMap((_, at) => all.map((one) => one[at]));
  return [...woven(blocks), ...woven(checks)];
}

/** The modules, row by row, dark ones true; null when the text is too long. */
export function modules(text) {
  const bytes = new TextEncoder().encode(text);
  const version = DATA.findIndex((room) => room - 2 >= bytes.length);
  if (version < 1) return null;
  const size = 4 * version + 17;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const set = (x, y, dark) => {
    if (grid[y]?.[x] !== undefined) grid[y][x] = dark;
  };
  const ring = (x, y, reach, dark) => {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1) set(x + dx, y + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let at = 8; at < size - 8; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) ring(x, y, 4, (far) => far !== 2 && far !== 4); // prettier-ignore
  if (version > 1) ring(size - 7, size - 7, 2, (far) => far !== 1);
  drawFormat(set, size);
  fill(grid, size, codewords(bytes, version));
  return grid;
}

/** Level L and mask 0 with their BCH code, twice; and the one module that is always dark. */
function drawFormat(set, size) {
  const format = 0x77c4;
  for (let at = 0; at < 15; at += 1) {
    const dark = ((format >> at) & 1) === 1;
    if (at < 6) set(8, at, dark);
    else if (at < 8) set(8, at + 1, dark);
    else set(at === 8 ? 7 : 14 - at, 8, dark);
    if (at < 8) set(size - 1 - at, 8, dark);
    else set(8, size - 15 + at, dark);
  }
  set(8, size - 8, true);
}

/** Two columns at a time, from the right, up and down in turn, around what is drawn already. */
function fill(grid, size, words) {
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1)
      for (const x of [right, right - 1]) {
        const y = up ? size - 1 - step : step;
        if (grid[y][x] !== null) continue;
        const bit = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        at += 1;
        grid[y][x] = (bit === 1) !== ((x + y) % 2 === 0);
      }
  }
}

/** The code as a picture with its quiet zone, or null. It is for cameras: what it says stands beside it in letters. */
export function qr(text) {
  const grid = modules(text);
  if (!grid) return null;
  const make = (name, values) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
    return node;
  };
  const side = grid.length + 8;
  const dark = grid.flatMap((row, y) => row.map((one, x) => (one ? `M${x + 4} ${y + 4}h1v1h-1z` : "")));
  const picture = make("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges", "aria-hidden": "true" });
  picture.append(
    make("rect", { width: side, height: side, fill: "#fff" }),
    make("path", { d: dark.join(""), fill: "#000" }),
  );
  return picture;
}
