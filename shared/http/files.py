"""The pages' files, found once at the start; small ones are kept in memory, texts compressed, large ones on disk.

Only what was found then is served, so no address can lead out of the folder. Browsers ask each time (`no-cache`) and
get a 304 by the content's hash: a page never mixes old scripts with new ones after an update. Compressed, the viewer's
page weighs a third, which is what a school phone on a slow network loads. A client that cannot unpack is rare, and has
it unpacked when it asks.

A large file is wanted by few and would lie in memory for all. It is sent from disk, compressed where a copy ending in
`.gz` lies beside it.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from shared.http.lean import lean
from shared.http.policy import STRICT

_LARGE_BYTES = 64 * 1024
_TEXTS = frozenset({".html", ".css", ".js", ".json", ".svg"})
_CODE = frozenset({".css", ".js"})
_NOT_AT_ALL = re.compile(r"\s*q=0(\.0*)?\s*")


def takes_gzip(request: web.BaseRequest) -> bool:
    """Whether the other side can unpack; `gzip;q=0` says that it cannot."""
    for one in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() == "gzip":
            return _NOT_AT_ALL.fullmatch(weight) is None
    return False


@dataclass(frozen=True, slots=True)
class File:
    kept: bytes
    packed: bool
    type: str
    digest: str
    policy: str = STRICT

    @classmethod
    def read(cls, path: Path) -> "File":
        return cls.of(path.read_bytes(), path.suffix)

    @classmethod
    def of(cls, content: bytes, suffix: str) -> "File":
        """A file of this content; `suffix` says what it is, as in a file's name."""
        if suffix in _CODE:
            content = lean(content)
        packed = suffix in _TEXTS
        return cls(gzip.compress(content, 9, mtime=0) if packed else content, packed, _type(suffix), _digest(content))

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.kept) if self.packed else self.kept

    def under(self, policy: str) -> "File":
        """The same page under another policy; another digest too, or browsers would keep the policy they have."""
        if policy == self.policy:
            return self
        return replace(self, policy=policy, digest=_digest(self.content + policy.encode()))

    @property
    def tag(self) -> str:
        return f'"{self.digest}"'

    def answer(self, request: web.BaseRequest) -> web.Response:
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.type
        if self.type.startswith("text/html"):
            headers["Content-Security-Policy"] = self.policy
        if self.packed and takes_gzip(request):
            return web.Response(body=self.kept, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=self.content, headers=headers)


@dataclass(frozen=True, slots=True)
class LargeFile:
    """No page and nothing a page needs to open, so no policy and no digest."""

    path: Path

    def answer(self, _request: web.BaseRequest) -> web.FileResponse:
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "Content-Type": _type(self.path.suffix)}
        return web.FileResponse(self.path, headers=headers)


def read_folder(folder: Path) -> dict[str, File | LargeFile]:
    """All files below a folder, by their path in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _found(path) for path in found}


def _found(path: Path) -> File | LargeFile:
    return LargeFile(path) if path.stat().st_size > _LARGE_BYTES else File.read(path)


def _type(suffix: str) -> str:
    guessed = mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if suffix in _TEXTS else guessed


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
