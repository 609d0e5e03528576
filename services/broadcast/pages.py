"""The viewers' pages and what each may load.

Video comes from strangers' hosts, so what may be loaded is as narrow as each page allows:

- The showcase page itself talks to nobody but its own service. It may show frames of the players we know, by path, and
  of the origins that the operator allows.
- HLS needs any host: a playlist names the hosts of its segments, and they change. So it plays on a page of its own, in
  a sandbox: that page has no origin, hence no storage, no cookies and no way to the page around it, and only there are
  foreign hosts allowed. Everybody may frame it, because the showcase page itself may stand in a college's site.
- The embed is a board without video, for frames of any site.
- The preview of streams that are not set yet is shown in the organiser's page alone.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from shared.contracts.streams import PLAYERS
from shared.http.policy import Page, policy

_LOOPBACK = "http://127.0.0.1:* http://localhost:*"  # for trying out


def pages(frames: Sequence[str], organiser: str) -> tuple[Page, ...]:
    """`frames` are the origins an operator allows besides the known players, `organiser` the organiser's address."""
    shown = " ".join(("'self'", *PLAYERS, *frames))
    asks = urlsplit(organiser)
    return (
        Page("/", "index.html"),
        Page("/s/{showcase}", "showcase.html", policy(frame_src=shown)),
        Page("/s/{showcase}/screen", "screen.html"),
        Page("/s/{showcase}/overlay", "overlay.html"),
        Page("/s/{showcase}/embed", "embed.html", policy(frame_ancestors="*")),
        Page("/s/{showcase}/setup", "setup.html"),
        Page("/preview", "preview.html", _preview(shown, f"{asks.scheme}://{asks.netloc}")),
        Page("/play", "play.html", _PLAY),
    )


def _preview(shown: str, organiser: str) -> str:
    return policy(frame_src=shown, frame_ancestors=f"'self' {organiser}")


_PLAY = policy(
    default_src="'none'",
    script_src="'self'",
    style_src="'self'",
    img_src="'none'",
    connect_src=f"https: {_LOOPBACK}",
    media_src=f"https: blob: {_LOOPBACK}",
    frame_ancestors="*",
    form_action="'none'",
    sandbox="allow-scripts",
)
