"""The bus's topics. `registration` and `livescore` carry events (key: stream), `boards` is compacted (key: channel)."""

REGISTRATION = "registration"
LIVESCORE = "livescore"
BOARDS = "boards"

COMPACTED = frozenset({BOARDS})
