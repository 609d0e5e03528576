"""The bus's topics. `registration` and `livescore` carry events (key: stream), `boards` is compacted (key: channel).

On `audience` the nodes of broadcast tell each other how many watch (key: node); where there is one node nobody uses it.
"""

REGISTRATION = "registration"
LIVESCORE = "livescore"
BOARDS = "boards"
AUDIENCE = "audience"

COMPACTED = frozenset({BOARDS})
PASSING = frozenset({AUDIENCE})
"""Topics of which nothing is of use but the newest of each key, and even that not for long; a bus may drop the rest."""
