"""Which ledger and which bus a service runs on. Composition roots ask here and know no engine by name.

The engine that is not chosen is never imported: the embedded one must run where no cluster's client is installed, and
three services at rest should not carry what they do not use.
"""

from shared.engine.port import Engine as Engine
from shared.lifecycle import Stop
from shared.settings import EngineSettings


def chosen(settings: EngineSettings, name: str, stop: Stop) -> Engine:
    """The engine that the settings name, for the service of this name; nothing is opened yet."""
    if settings.engine == "cluster":
        from shared.engine.cluster import Cluster  # noqa: PLC0415 - only here, see above

        return Cluster(settings, name, stop)
    from shared.engine.embedded import Embedded  # noqa: PLC0415

    return Embedded(settings, name, stop)
