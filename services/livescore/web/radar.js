/* A radar drawn as SVG: some series of shares from 0 to 1 on as many axes as there are names.
 *
 * Lines differ by their dashes and their marks, not by colour alone. The picture is for the eye; whoever draws it puts
 * the same figures in a table beside it, so it is named and otherwise left out for screen readers.
 */

const NS = "http://www.w3.org/2000/svg";
const SIZE = 320;
const MIDDLE = SIZE / 2;
const RADIUS = 122;
const RINGS = [0.25, 0.5, 0.75, 1];

/** `names` are three short labels or more; `series` have a `kind` (own, mean, target) and `shares`, null if unknown. */
export function radar(label, names, series) {
  return svg(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "radar", role: "img", "aria-label": label },
    RINGS.map((ring) => svg("polygon", { class: "ring", points: points(names.map(() => ring)) })),
    names.map((_, axis) => svg("line", { class: "axis", ...ends(axis, names.length) })),
    series.map(({ kind, shares }) => [
      outline(kind, shares),
      shares.map((share, axis) => dot(kind, share, axis, shares.length)),
    ]),
    names.map((name, axis) => tip(name, axis, names.length)),
  );
}

/** A short piece of a series' line, for the legend. */
export const sample = (kind) =>
  svg(
    "svg",
    { viewBox: "0 0 40 16", class: "sample", "aria-hidden": "true" },
    svg("line", { class: `series ${kind}`, x1: 1, y1: 8, x2: 39, y2: 8 }),
    mark(kind, 20, 8),
  );

const place = (axis, count, share) => {
  const turn = (axis / count) * 2 * Math.PI - Math.PI / 2;
  return [MIDDLE + Math.cos(turn) * RADIUS * share, MIDDLE + Math.sin(turn) * RADIUS * share];
};
const written = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;
const points = (shares) => shares.map((share, axis) => written(place(axis, shares.length, share))).join(" ");

function ends(axis, count) {
  const [x2, y2] = place(axis, count, 1);
  return { x1: MIDDLE, y1: MIDDLE, x2, y2 };
}

/** A closed line where everything is known; otherwise only the sides between known neighbours. */
function outline(kind, shares) {
  if (shares.every((share) => share != null))
    return svg("polygon", { class: `series ${kind}`, points: points(shares) });
  const count = shares.length;
  return shares.map((share, axis) => {
    const next = shares[(axis + 1) % count];
    if (share == null || next == null) return null;
    const side = [place(axis, count, share), place((axis + 1) % count, count, next)].map(written).join(" ");
    return svg("polyline", { class: `series ${kind}`, points: side });
  });
}

const dot = (kind, share, axis, count) => share != null && mark(kind, ...place(axis, count, share));

function mark(kind, x, y) {
  if (kind === "own") return svg("circle", { class: `dot ${kind}`, cx: x, cy: y, r: 4.5 });
  if (kind === "mean") return svg("rect", { class: `dot ${kind}`, x: x - 4, y: y - 4, width: 8, height: 8 });
  return svg("path", { class: `dot ${kind}`, d: `M${x - 5},${y + 4}L${x + 5},${y + 4}L${x},${y - 5}Z` });
}

function tip(name, axis, count) {
  const [x, y] = place(axis, count, 1 + 20 / RADIUS);
  const text = svg("text", { x, y, class: "tip", "text-anchor": "middle", "dominant-baseline": "central" });
  text.textContent = name;
  return text;
}

function svg(name, props, ...children) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
  node.append(...children.flat(3).filter(Boolean));
  return node;
}
