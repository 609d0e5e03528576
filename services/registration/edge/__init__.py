"""Registration's HTTP edge: bytes in, a command or question, an answer with its status; one module per kind of request.

Who may call what is declared with each route and checked before an endpoint runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from services.registration.edge import competitors, links, occasion
from services.registration.enrolment import Enrolment
from services.registration.followers import Followers
from services.registration.handlers import Handlers
from services.registration.judges import Judges
from services.registration.messages import Addresses
from services.registration.pace import Pace
from services.registration.views import Views
from shared.http.routes import Route


@dataclass(frozen=True, slots=True)
class Edge:
    handlers: Handlers
    enrolment: Enrolment
    judges: Judges
    followers: Followers
    views: Views
    pace: Pace
    addresses: Addresses
    public_jwks: bytes
    proxies: Sequence[IPv4Network | IPv6Network] = ()

    def routes(self) -> Sequence[Route]:
        return (
            *occasion.routes(self.handlers, self.views, self.addresses, self.public_jwks),
            *competitors.routes(self.handlers, self.enrolment, self.views, self.pace, self.proxies),
            *links.staff_routes(self.handlers, self.judges, self.views),
            *links.follower_routes(self.handlers, self.followers, self.views),
        )
