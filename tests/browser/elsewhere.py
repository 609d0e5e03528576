"""Another site: a server on a port of its own, hence another origin, with a page and a video in HLS.

The video is four seconds of one colour, 32 by 18 pixels, made once with `ffmpeg -f lavfi -i
color=c=0x0b2f2c:s=32x18:r=5 -t 4 -c:v libx264 -profile:v baseline -pix_fmt yuv420p -g 10 -crf 40 -f hls -hls_time 2`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from typing_extensions import override

_VIDEO = {file.name: file.read_bytes() for file in (Path(__file__).with_name("hls")).iterdir()}
_PAGE = b"<!doctype html><html lang=en><title>Player</title><p>The hall of the college</p></html>"
_TYPES = {"m3u8": "application/vnd.apple.mpegurl", "ts": "video/mp2t"}


class Elsewhere:
    """`begun` is whether there is a video yet, `asked` every path that was asked for with its Referer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.begun = True
        self.asked: list[tuple[str, str | None]] = []

    def answer(self, path: str) -> tuple[int, str, bytes]:
        name = path.rpartition("/")[2].partition("?")[0]
        if name in _VIDEO:
            return (200, _TYPES[name.rpartition(".")[2]], _VIDEO[name]) if self.begun else (404, "text/plain", b"")
        return 200, "text/html", _PAGE


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("Referer")))
            status, type_, content = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", type_)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(content)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Tests say what they need."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Elsewhere(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
