"""The command `showcase dead-letters`: look at messages that nobody could read, publish them again, or forget them.

It shows what a message is about and why it was put aside, and its content only when asked for one: it may hold anything
that somebody could make the bus take.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from shared.bus.dead_letters import DeadLetter, DeadLetters, topics
from shared.errors import BadStart, Unavailable


async def run_dead_letters(
    what: str, kafka: str, namespace: str, topic: str | None, number: int | None, as_json: bool
) -> int:
    """Returns the exit code: 0, or 1 when there is no such letter."""
    if what != "list" and topic is None:
        raise BadStart(f"dead-letters {what} needs --topic, one of {', '.join(topics())}")
    try:
        async with DeadLetters(kafka, namespace) as dead:
            found = [letter for one in ([topic] if topic else topics()) for letter in await dead.letters(one)]
            if what == "list":
                _list(found, as_json)
                return 0
            if what == "show":
                return _show(found, number)
            chosen = [letter for letter in found if number is None or letter.number <= number]
            await (dead.replay(chosen) if what == "replay" else dead.drop(chosen))
    except Unavailable as exc:
        raise BadStart(f"Kafka at {kafka} cannot be used: {exc.detail}") from exc
    done = "published again" if what == "replay" else "forgotten"
    _say(json.dumps({done.replace(" ", "_"): len(chosen)}) if as_json else f"{len(chosen)} {done}.")
    return 0


def _list(letters: Sequence[DeadLetter], as_json: bool) -> None:
    if as_json:
        rows = [{**asdict(letter), "body": len(letter.body)} for letter in letters]
        _say(json.dumps({"letters": rows}, ensure_ascii=False))
        return
    for one in letters:
        _say(f"{one.topic} {one.number}: {one.key!r}, {len(one.body)} bytes, at {one.at}, by {one.service}, {one.time}")
        _say(f"    {one.reason}")
    _say(f"{len(letters)} dead letters.")


def _show(letters: Sequence[DeadLetter], number: int | None) -> int:
    for one in letters:
        if one.number == number:
            sys.stdout.buffer.write(one.body)
            sys.stdout.buffer.flush()
            return 0
    sys.stderr.write("showcase: there is no such letter; say which with --number\n")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
