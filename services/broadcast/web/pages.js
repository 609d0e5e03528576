/* Turn a table page by page where it is longer than its place: calmly, and with time to read each page.
 *
 * The rows are as large as the place allows, between `least` and `most` (in rem); pages are equally long, and the last one
 * ends with the last row. Where not even one row has room, the table is `cramped`. With reduced motion a page is there at once. Nothing turns while somebody has paused it.
 */

const FIRST_MS = 4000,
  ROW_MS = 900,
  SLIDE_MS = 1400,
  NAME_EM = 13;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** A name comes before details: columns go, the criteria first, until there are `NAME_EM` for who it is. */
function makeRoom(table) {
  const who = table.tBodies[0].rows[0].querySelector(".who");
  for (const columns of ["all", "few", "least"]) {
    table.parentNode.dataset.columns = columns;
    if (who.clientWidth >= NAME_EM * parseFloat(getComputedStyle(who).fontSize)) return;
  }
}

export function paged(table, { least, most, onTurn }) {
  let page = 0,
    pages = 1,
    step = 0,
    from = 0,
    timer,
    paused = false,
    frame = 0;

  const body = () => table.tBodies[0];

  /** Measure again: after each drawing, and when the window has another size. */
  function fit() {
    if (body() !== watched) {
      sizes.disconnect();
      watched = body();
      if (watched) sizes.observe(watched);
    }
    const rows = body()?.rows.length ?? 0;
    const room = body()?.clientHeight ?? 0;
    if (!rows || !room) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    table.classList.toggle("cramped", room < 0.8 * least * rem);
    const fitting = Math.max(1, Math.min(rows, Math.floor(room / (least * rem))));
    const before = pages;
    pages = Math.ceil(rows / fitting);
    const per = Math.ceil(rows / pages);
    const height = Math.floor(Math.min(room / per, most * rem));
    step = per * height;
    table.style.setProperty("--row", `${height}px`);
    makeRoom(table);
    if (page >= pages) page = 0;
    if (!frame) body().scrollTop = page * step;
    if (pages !== before) start();
    onTurn(page + 1, pages, false);
  }

  function start() {
    clearTimeout(timer);
    if (!paused) timer = setTimeout(turn, FIRST_MS + ROW_MS * (body()?.rows.length ?? 0) / pages);
  }

  /** The next page; after the last one the first, which `onTurn` is told as a round that is complete. */
  function turn() {
    page = (page + 1) % pages;
    onTurn(page + 1, pages, page === 0);
    slide();
    start();
  }

  function slide() {
    cancelAnimationFrame(frame);
    frame = 0;
    if (!body()) return;
    from = body().scrollTop;
    const to = page * step;
    if (calm.matches || document.hidden) {
      body().scrollTop = to;
      return;
    }
    const began = performance.now();
    const move = (now) => {
      const part = Math.min(1, (now - began) / SLIDE_MS);
      body().scrollTop = from + (to - from) * (part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) ** 2);
      frame = part < 1 ? requestAnimationFrame(move) : 0;
    };
    frame = requestAnimationFrame(move);
  }

  // The place changes with the window, with what stands above it, and is another one when the table's columns change.
  const sizes = new ResizeObserver(fit);
  let watched = null;

  start();
  return {
    fit,
    /** Begin again on the first page, for another table. */
    restart() {
      page = 0;
      slide();
      start();
    },
    pause(value) {
      paused = value;
      start();
    },
  };
}
