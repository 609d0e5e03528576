"""What can go wrong while a showcase is carried, as the one line a person gets to read."""

import contextlib
from collections.abc import Iterator

from services.archive.line import BadLine
from services.registration.people import IdTaken
from shared.errors import BadStart, Unavailable
from shared.ledger.port import WrongSeq

_TO_JUDGES = "; send the same again"


@contextlib.contextmanager
def plainly(source: object, target: object) -> Iterator[None]:
    """Turn what stores say into BadStart; `source` and `target` are named as people know them."""
    try:
        yield
    except BadLine as exc:
        raise BadStart(f"{source} is damaged: {exc}") from exc
    except WrongSeq as exc:
        raise BadStart(f"{source} is damaged: {exc} has a command twice, or somebody else wrote to {target}") from exc
    except IdTaken as exc:
        raise BadStart(f"{source} is damaged: somebody ({exc}) is in it twice") from exc
    except Unavailable as exc:
        raise BadStart(f"stopped, and nothing was kept: {exc.detail.removesuffix(_TO_JUDGES)}") from exc
