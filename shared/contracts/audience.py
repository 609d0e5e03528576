"""How many watch at one node of broadcast: what nodes tell each other on the topic `audience`.

Numbers only, and always all of them: the newest message of a node replaces what it said before, and a node that has
been silent for a while counts no more. Nothing about any viewer is in it.
"""

from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.names import Channel


class NodeAudience(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    node: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    watching: dict[Channel, Annotated[int, Field(ge=0, lt=2**31)]]


def encode_audience(audience: NodeAudience) -> bytes:
    return orjson.dumps({"node": audience.node, "watching": audience.watching}, option=orjson.OPT_SORT_KEYS)


def decode_audience(body: bytes) -> NodeAudience:
    """Raise ValueError when the bytes are not that."""
    return NodeAudience.model_validate(orjson.loads(body))
