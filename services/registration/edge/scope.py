"""What an organiser's link covers, asked before anything is done, and the addresses that all of the edge begins with.

An organiser of one showcase does not learn that another exists: what the token does not cover is answered as if it were
not there (S10).
"""

from shared.access import Role
from shared.contracts.names import showcase_of
from shared.errors import NotFound
from shared.http.routes import Call

ORGANISER: tuple[Role, ...] = ("organiser",)
API = "/api/registration"
SHOWCASE = f"{API}/showcases/{{showcase}}"
COMPETITORS = f"{API}/competitions/{{competition}}/competitors"
COMPETITOR = f"{COMPETITORS}/{{competitor}}"


def covered(call: Call, showcase: str) -> str:
    if not call.signed_in().organises(showcase):
        raise NotFound("unknown_showcase", "there is no such showcase")
    return showcase


def showcase(call: Call) -> str:
    """The showcase in the address; raise NotFound where the link does not cover it."""
    return covered(call, call.path["showcase"])


def competition(call: Call) -> str:
    """The competition in the address; raise NotFound where the link does not cover its showcase."""
    named = call.path["competition"]
    covered(call, showcase_of(named))
    return named
