"""Who is there, in numbers: viewers per channel, and per channel and country of those who said one. Pure.

Nothing about any viewer is kept, only sums, so two crowds can be added. There are no zeros in it: what everybody has
left takes no memory. A country is one of `COUNTRIES` (`question.py` lets no other through), which bounds the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping


class Crowd:
    __slots__ = ("countries", "watching")

    def __init__(
        self, watching: Mapping[str, int] | None = None, countries: Mapping[str, Mapping[str, int]] | None = None
    ) -> None:
        self.watching: Counter[str] = +Counter(watching)
        self.countries: dict[str, Counter[str]] = {name: +Counter(said) for name, said in (countries or {}).items()}

    def come(self, channels: Iterable[str], country: str) -> None:
        """One viewer more in each of the channels; `country` is empty when it does not say."""
        for channel in channels:
            self.watching[channel] += 1
            if country:
                self.countries.setdefault(channel, Counter())[country] += 1

    def go(self, channels: Iterable[str], country: str) -> None:
        """One viewer less; the same that it came with."""
        for channel in channels:
            _take(self.watching, channel)
            if country:
                said = self.countries[channel]
                _take(said, country)
                if not said:
                    del self.countries[channel]

    def add(self, other: "Crowd") -> None:
        self.watching.update(other.watching)
        for channel, said in other.countries.items():
            self.countries.setdefault(channel, Counter()).update(said)

    def head(self, channel: str) -> dict[str, object]:
        """What the public is told of a channel: `watching`, and `countries` when anybody said one."""
        said = self.countries.get(channel)
        watching: dict[str, object] = {"watching": self.watching[channel]}
        return {**watching, "countries": dict(sorted(said.items()))} if said else watching


def _take(counts: Counter[str], key: str) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
