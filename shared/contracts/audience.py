"""How many watch at one node of broadcast: what nodes tell each other on the topic `audience`.

Numbers only, and always all of them: the newest message of a node replaces what it said before, and a node that has
been silent for a while counts no more. Nothing about any viewer is in it. Nodes of two versions hear each other while
a cluster is renewed one by one, so what is missing is empty and what is unknown is left out.
"""

from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.names import Channel, Country

_Viewers = Annotated[int, Field(ge=0, lt=2**31)]


class NodeAudience(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    watching: dict[Channel, _Viewers]
    countries: dict[Channel, dict[Country, _Viewers]] = {}
    """Of those who watch a channel, the ones who said where from."""


def encode_audience(audience: NodeAudience) -> bytes:
    """Without `countries` while there are none: versions before that field take no message that has it."""
    return orjson.dumps(audience.model_dump(exclude_defaults=True), option=orjson.OPT_SORT_KEYS)


def decode_audience(body: bytes) -> NodeAudience:
    """Raise ValueError when the bytes are not that."""
    return NodeAudience.model_validate(orjson.loads(body))
