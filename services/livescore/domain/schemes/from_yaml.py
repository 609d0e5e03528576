"""A marking scheme from the organiser's YAML file, or everything that is wrong with it, by line."""

from services.livescore.domain.schemes.checking import Checked, check
from services.livescore.domain.schemes.yaml_tree import read_tree
from shared.contracts.scheme import Scheme
from shared.errors import Fault


def check_yaml(text: bytes, *, bilingual: bool = False) -> Checked:
    """Read and judge; never raises for what is in the file."""
    return check(read_tree(text), bilingual=bilingual)


def parse_scheme(text: bytes, *, bilingual: bool = False) -> tuple[Scheme, list[Fault]]:
    """Return the scheme and its warnings; raise Rejected with all errors when it may not be used."""
    checked = check_yaml(text, bilingual=bilingual)
    return checked.usable(), checked.warnings
