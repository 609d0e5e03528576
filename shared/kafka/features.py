"""The ApiVersions request in the version that tells which features are switched on; the library stops at an older one.

Features are what a cluster has agreed on, which is more than what version a broker is: one that was upgraded may still
work as it did before.
"""

from io import BytesIO
from typing import Any, ClassVar

from aiokafka.protocol.api import Request, RequestStruct, Response, ResponseHeader_v0
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Schema, TaggedFields
from typing_extensions import override

_TEXT = CompactString("utf-8")
_FINALIZED = 2
_FEATURES = CompactArray(("name", _TEXT), ("most", Int16), ("least", Int16), ("tags", TaggedFields))


class _Answer(Response):  # type: ignore[misc]  # the library has no types
    API_KEY = 18
    API_VERSION = 3
    SCHEMA = Schema(
        ("error_code", Int16),
        ("apis", CompactArray(("api_key", Int16), ("least", Int16), ("most", Int16), ("tags", TaggedFields))),
        ("throttle_time_ms", Int32),
        ("tags", TaggedFields),
    )

    def features(self) -> dict[str, int]:
        """The features that are on, and how far."""
        found = self.tags.get(_FINALIZED)
        return {} if found is None else {name: most for name, most, *_ in _FEATURES.decode(BytesIO(found)) or ()}


class _Question(RequestStruct):  # type: ignore[misc]  # the library has no types
    FLEXIBLE_VERSION = True
    API_KEY = 18
    API_VERSION = 3
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(("software", _TEXT), ("version", _TEXT), ("tags", TaggedFields))

    @override
    def parse_response_header(self, read_buffer: Any) -> Any:
        return ResponseHeader_v0.decode(read_buffer)  # of all answers this one has the old header, to be understood


class Features(Request[_Question]):  # type: ignore[misc]  # the library has no types
    API_KEY: ClassVar[int] = 18

    def build(self, kind: type[_Question]) -> _Question:
        return kind("showcase", "0", {})
