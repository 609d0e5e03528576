"""Video streams of a showcase: what an address must look like, and how the viewers' page shows it. Pure.

`shared/web/streams.js` says the same for pages; `tests/domain/registration/stream_addresses.json` holds the two to it.
Addresses are read by one expression instead of a URL parser, because parsers differ in what they forgive, and service
and page have to see the same host.

| address | shown as |
|---|---|
| a video, live broadcast or channel's live broadcast at YouTube | its player without cookies |
| a video or live room at Bilibili | its player |
| a path that ends in `.m3u8` | HLS, in a player of our own |
| anything else | `other`: a frame where the operator allows its origin, else a link |
"""

import re
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.contracts.text import Text

MOST_STREAMS = 4
_LONGEST = 500
Language = Literal["en", "zh"]
Kind = Literal["youtube", "bilibili", "hls", "other"]

YOUTUBE = "https://www.youtube-nocookie.com/embed/"
BILIBILI_VIDEO = "https://player.bilibili.com/player.html"
BILIBILI_LIVE = "https://www.bilibili.com/blackboard/live/live-activity-player.html"
PLAYERS = (YOUTUBE, BILIBILI_VIDEO, BILIBILI_LIVE)
"""What every player that `recognise` knows begins with."""

_ADDRESS = re.compile(
    r"(?P<origin>(?P<scheme>https?)://(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?P<port>:[1-9][0-9]{0,4})?)"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
_UNSAFE = re.compile(r'[^!-~]|["<>\\^`{|}]')
_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_VIDEO = r"([A-Za-z0-9_-]{11})"
_CHANNEL = r"(UC[A-Za-z0-9_-]{22})"


class Stream(BaseModel):
    """One stream: where it is, what it is called, and for whom it is spoken; viewers get their language's first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, StringConstraints(max_length=_LONGEST)]
    title: Text | None = None
    lang: Language | None = None


class Shown(NamedTuple):
    """`source` is what a frame or a player loads; `host` is said to people before anything is loaded from there."""

    kind: Kind
    source: str
    host: str


def fault_of(url: str) -> str | None:
    """The code of what is wrong with an address, None when nothing is."""
    if _UNSAFE.search(url):
        return "stream_address"
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in {"https", "http"}:
        return "stream_not_https"
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        return "stream_credentials"
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        return "stream_address"
    if scheme == "http" and not _LOOPBACK.fullmatch(parts["host"].lower()):
        return "stream_not_https"
    return None


def origin_of(url: str) -> str:
    """Scheme, host and port of an address without a fault, as browsers write them."""
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        raise ValueError("this address has a fault")
    usual = {"https": ":443", "http": ":80"}[parts["scheme"]]
    return parts["origin"].lower().removesuffix(usual)


def recognise(url: str) -> Shown:
    """How an address without a fault is shown."""
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        raise ValueError("this address has a fault")
    host, path = parts["host"].lower(), parts["path"] or "/"
    query = dict(reversed([_pair(one) for one in (parts["query"] or "").split("&")]))
    name = host + (parts["port"] or "")
    if source := _youtube(host, path, query):
        return Shown("youtube", source, name)
    if source := _bilibili(host, path, query):
        return Shown("bilibili", source, name)
    return Shown("hls" if path.lower().endswith(".m3u8") else "other", url, name)


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def _youtube(host: str, path: str, query: dict[str, str]) -> str | None:
    site = re.sub(r"^(www|m)\.", "", host)
    if site == "youtu.be":
        video = re.fullmatch(rf"/{_VIDEO}/?", path)
    elif site not in {"youtube.com", "youtube-nocookie.com"}:
        return None
    elif path == "/watch":
        video = re.fullmatch(_VIDEO, query.get("v", ""))
    elif path == "/embed/live_stream":
        return _channel(re.fullmatch(_CHANNEL, query.get("channel", "")))
    elif path.startswith("/channel/"):
        return _channel(re.fullmatch(rf"/channel/{_CHANNEL}/live/?", path))
    else:
        video = re.fullmatch(rf"/(?:live|embed|shorts)/{_VIDEO}/?", path)
    return f"{YOUTUBE}{video[1]}?autoplay=1&playsinline=1&rel=0" if video else None


def _channel(found: re.Match[str] | None) -> str | None:
    return f"{YOUTUBE}live_stream?channel={found[1]}&autoplay=1&playsinline=1" if found else None


def _bilibili(host: str, path: str, query: dict[str, str]) -> str | None:
    site = re.sub(r"^(www|m)\.", "", host)
    if site == "live.bilibili.com":
        room = re.fullmatch(r"/(?:h5/|blanc/)?([0-9]{1,12})/?", path)
        return f"{BILIBILI_LIVE}?cid={room[1]}&quality=0&danmaku=0" if room else None
    if site == "player.bilibili.com" and path == "/player.html":
        video = query.get("bvid") or f"av{query.get('aid', '')}"
    elif site == "bilibili.com" and path.startswith("/video/"):
        video = path.removeprefix("/video/").removesuffix("/")
    else:
        return None
    if not re.fullmatch(r"BV[A-Za-z0-9]{10}|av[0-9]{1,15}", video):
        return None
    named = f"bvid={video}" if video.startswith("BV") else f"aid={video[2:]}"
    part = re.fullmatch(r"[0-9]{1,4}", query.get("p", ""))
    return f"{BILIBILI_VIDEO}?isOutside=true&{named}&p={part[0] if part else 1}&autoplay=1&danmaku=0"
