"""A marking scheme as a YAML file that reads back as the very same scheme; what is as usual is left out."""

from services.livescore.domain.schemes.yaml_tree import write_tree
from shared.contracts.scheme import Scheme


def scheme_yaml(scheme: Scheme) -> bytes:
    return write_tree(scheme.model_dump(mode="json", exclude_defaults=True))
