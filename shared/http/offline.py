"""What a page needs to open without a network, as a worker's script: the list of its files in front of the worker.

The list is found, not written down: a page, the scripts and styles it names, what those name, and words in all their
languages. Each file stands in it with the digest of its content, so a worker keeps either all files of one version or
none of them, also while copies of two versions answer in turn. Any change of any file changes the worker's script, and
that is how browsers notice that there is a newer page.
"""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import urljoin

import orjson

from shared.http.files import File

_NAMED = re.compile(rb'"(\.{0,2}/[\w./-]+)"')
_LANGUAGES = (".en.json", ".zh.json")


def worker(script: File, page: str, files: Mapping[str, File]) -> File:
    """The worker's script for the page at this address; `files` are all that are served, by address."""
    digests = {address: files[address].digest for address in sorted(_needed(page, files))}
    listed = orjson.dumps(digests, option=orjson.OPT_INDENT_2).decode()
    version = hashlib.sha256(listed.encode() + script.content).hexdigest()[:12]
    head = f'const PAGE = "{page}";\nconst VERSION = "{version}";\nconst FILES = {listed};\n\n'
    return File.of(head.encode() + script.content, ".js")


def _needed(page: str, files: Mapping[str, File]) -> set[str]:
    found: set[str] = set()
    left = {page}
    while left:
        address = left.pop()
        found.add(address)
        named = {urljoin(address, name.decode()) for name in _NAMED.findall(files[address].content)}
        named |= {name + language for name in named for language in _LANGUAGES}
        left |= (named & files.keys()) - found
    return found
