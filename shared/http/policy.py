"""What a page may load and who may show it: its content security policy.

Every page has the strict one: all from its own service, live feeds besides, no script or style in the page itself, and
shown in frames of its own site alone. A page that needs another says what is different, and nothing else changes:

    Page("/s/{showcase}", "showcase.html", policy(frame_src="'self' https://player.example"))

A policy belongs to an address, not to a file: the same file under its own name stays strict.
"""

from typing import NamedTuple

_STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self' ws: wss:",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}


def policy(**directives: str) -> str:
    """The strict policy with these directives instead of its own or besides them, `frame_ancestors="*"` for example."""
    changed = {name.replace("_", "-"): sources for name, sources in directives.items()}
    return "; ".join(f"{name} {sources}" for name, sources in (_STRICT | changed).items())


STRICT = policy()


class Page(NamedTuple):
    """An address, the HTML file that is shown there, and what it may load."""

    path: str
    file: str
    policy: str = STRICT
