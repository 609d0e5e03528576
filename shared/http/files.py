"""The pages' files, read once at the start and kept in memory with a compressed copy.

Only what was found then is served, so no address can lead out of the folder. Browsers ask each time (`no-cache`) and
get a 304 by the content's hash: a page never mixes old scripts with new ones after an update. Compressed, the viewer's
page weighs a third, which is what a school phone on a slow network loads.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'"
)
_TEXTS = frozenset({".html", ".css", ".js", ".json", ".svg"})


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    compressed: bytes | None
    type: str
    digest: str

    @classmethod
    def read(cls, path: Path) -> "File":
        return cls.of(path.read_bytes(), path.suffix)

    @classmethod
    def of(cls, content: bytes, suffix: str) -> "File":
        """A file of this content; `suffix` says what it is, as in a file's name."""
        text = suffix in _TEXTS
        type_ = mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"
        return cls(
            content,
            gzip.compress(content, 9, mtime=0) if text else None,
            f"{type_}; charset=utf-8" if text else type_,
            hashlib.sha256(content).hexdigest()[:20],
        )

    @property
    def tag(self) -> str:
        return f'"{self.digest}"'

    def answer(self, request: web.BaseRequest) -> web.Response:
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.type
        if self.type.startswith("text/html"):
            headers["Content-Security-Policy"] = _POLICY
        if self.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=self.compressed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=self.content, headers=headers)


def read_folder(folder: Path) -> dict[str, File]:
    """All files below a folder, by their path in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): File.read(path) for path in found}
