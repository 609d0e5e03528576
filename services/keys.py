"""`showcase keys`: the key pair and the organiser's link, made before anything runs.

On one machine registration makes them at its first start. Several copies have to be given the same pair, and their
folder may be read-only (a mounted secret), so it is made once, here. Run again it changes nothing, unless the link is
about to end: then there is a new link from the same key.
"""

import sys
from pathlib import Path

from services.registration.access_tokens import AccessTokens, keep_organiser_link
from services.registration.signing_key import open_signing_key
from shared.errors import BadStart

LINK = "organiser.link"


async def run_keys(out: Path, address: str, days: int) -> int:
    make_keys(out, address, days)
    sys.stdout.write(
        f"The key pair is in {out}; give that folder to every copy of registration as REGISTRATION_KEYS.\n"
        f"The organiser's link is in {out / LINK}: whoever has it can do everything.\n"
    )
    return 0


def make_keys(out: Path, address: str, days: int = 180) -> None:
    """Make what is missing in the folder; `address` is where browsers reach registration. Raises BadStart."""
    if not address.startswith(("http://", "https://")):
        raise BadStart("the address must begin with http:// or https://")
    try:
        key = open_signing_key(out)
        keep_organiser_link(out / LINK, AccessTokens(key, address.rstrip("/"), address.rstrip("/")), key, days)
    except OSError as exc:
        raise BadStart(f"cannot write in {out}: {exc.strerror}") from exc
