"""`make pictures`: take the README's pictures of the board anew, from a demo that is being marked.

Text on plain ground needs few colours, so a picture is kept with 256 of them: half the bytes, and the eye finds no
difference. Who watches how many and the times of the day are of the machine that took them.
"""

import base64
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
_SHOWCASE = "uk-china-2020"
_SETTLED = 180  # of 300: all ranks have moved, and there is much to come
_DEMO = ("demo", "--port", "0", "--viewers", "300", "--data")
_PIXELS = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = picture;
  const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const blob = new Blob([pen.getImageData(0, 0, width, height).data]);
  const text = await new Promise((done) => {
    const reader = Object.assign(new FileReader(), { onload: () => done(reader.result) });
    reader.readAsDataURL(blob);
  });
  return [width, height, text.split(",")[1]];
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium())
        try:
            with _demo(data, pace=25) as board:
                _settled(_opened(browser, f"{board}?lang=en", 1366, 768, 1))
            with _demo(data, pace=0.7) as board:
                laptop = _opened(browser, f"{board}?lang=en", 1366, 768, 1)
                phone = _opened(browser, f"{board}?lang=zh", 390, 844, 2)
                for page in (laptop, phone):
                    page.locator("#board tr.hot").nth(2).wait_for()
                    page.locator("#feed li").nth(2).wait_for(state="attached")
                shots = {"board-en": laptop.screenshot(), "board-zh": phone.screenshot()}
            for name, png in shots.items():
                picture = FOLDER / f"{name}.png"
                picture.write_bytes(_small(browser, png))
                sys.stdout.write(f"{picture.relative_to(ROOT)}: {picture.stat().st_size} bytes\n")
        finally:
            browser.close()


@contextmanager
def _demo(data: str, pace: float) -> Iterator[str]:
    """The address of the board of a demo, which goes on where one on this folder has stopped."""
    command = [sys.executable, "-m", "services", *_DEMO, data, "--pace", str(pace)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        try:
            yield f"{_address(demo)}/s/{_SHOWCASE}"
        finally:
            demo.terminate()
            demo.communicate()


def _chromium() -> str:
    found = subprocess.run(["which", "chromium", "google-chrome"], capture_output=True, text=True, check=False)
    return found.stdout.split()[0]


def _address(demo: "subprocess.Popen[str]") -> str:
    assert demo.stdout is not None
    for line in demo.stdout:
        if found := re.search(r"(http://[\w.:]+)/", line):
            return found[1]
    raise SystemExit("the demo ended before it had an address")


def _opened(browser: Browser, address: str, width: int, height: int, scale: float) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="Europe/London",
        color_scheme="light",
        reduced_motion="reduce",  # no row is on its way to another place
    )
    page.set_default_timeout(120_000)
    page.goto(address)
    return page


def _settled(page: Page) -> None:
    """Wait until much is marked."""
    count = page.locator("#count")
    count.filter(has_text=re.compile(r"\d")).wait_for()
    while int(re.findall(r"\d+", count.inner_text())[0]) < _SETTLED:
        count.evaluate("(node) => new Promise((done) => new MutationObserver(done).observe(node, {childList: true}))")


def _small(browser: Browser, png: bytes) -> bytes:
    """The same picture with a palette."""
    page = browser.new_page()
    width, height, text = page.evaluate(_PIXELS, base64.b64encode(png).decode())
    page.close()
    rgba = base64.b64decode(text)
    pixels = [rgba[at : at + 3] for at in range(0, len(rgba), 4)]
    index, palette = _palette(Counter(pixels))
    lines = (bytes([0, *(index[one] for one in pixels[row : row + width])]) for row in range(0, len(pixels), width))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(b"".join(lines), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _palette(counted: Counter[bytes]) -> tuple[dict[bytes, int], list[bytes]]:
    """Which of at most 256 colours each is shown as, and those: again and again the one that would be missed most."""
    nearest = dict.fromkeys(counted, (1 << 20, 0))
    palette: list[bytes] = []
    while len(palette) < 256:
        missed = max(counted, key=lambda one: counted[one] * nearest[one][0])
        if nearest[missed][0] == 0:
            break
        for one, (distance, _) in nearest.items():
            if (other := sum((a - b) ** 2 for a, b in zip(one, missed, strict=True))) < distance:
                nearest[one] = (other, len(palette))
        palette.append(missed)
    return {one: at for one, (_, at) in nearest.items()}, palette


if __name__ == "__main__":
    main()
