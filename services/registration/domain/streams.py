"""Decisions about a showcase's video streams: the whole list is set at once; sending the former list undoes it."""

from services.registration.domain.commands import SetStreams
from services.registration.domain.lookup import created
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event
from shared.contracts.registration import StreamsSet
from shared.contracts.streams import MOST_STREAMS, Stream, fault_of
from shared.errors import Clash, Fault, Rejected

LONGEST_TITLE = 120
_FAULTS = {
    "stream_address": "is no address of a web page or video; copy it from the browser",
    "stream_not_https": "must begin with https://",
    "stream_credentials": "must not contain a user name or password, because everybody can read it",
}


def set_streams(command: SetStreams, state: Showcase) -> list[Event]:
    showcase = created(state).showcase
    check(command.streams)
    if command.streams == state.streams:
        return []
    if command.saw != state.streams:
        current = {"streams": [one.model_dump(mode="json", exclude_none=True) for one in state.streams]}
        raise Clash("streams_changed", "somebody else has set the streams meanwhile", current=current)
    return [StreamsSet(showcase=showcase, streams=command.streams)]


def check(streams: tuple[Stream, ...]) -> None:
    """Raise Rejected with the first thing wrong in a list, at its field."""
    if len(streams) > MOST_STREAMS:
        raise _wrong("stream_many", f"at most {MOST_STREAMS} streams", "streams")
    for number, stream in enumerate(streams):
        place = f"streams.{number}"
        if code := fault_of(stream.url):
            raise _wrong(code, _FAULTS[code], f"{place}.url")
        if any(one.url == stream.url for one in streams[:number]):
            raise _wrong("stream_twice", "is in the list already", f"{place}.url")
        for language, title in () if stream.title is None else stream.title:
            if title is not None and len(title) > LONGEST_TITLE:
                raise _wrong("stream_title", f"has more than {LONGEST_TITLE} characters", f"{place}.title.{language}")


def _wrong(code: str, detail: str, field: str) -> Rejected:
    return Rejected(code, f"{field}: {detail}", Fault(detail, field))
