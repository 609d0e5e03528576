"""What a measurement is asked for on its command line."""

from typing import TypeVar

T = TypeVar("T", int, float, str)


def option(args: list[str], name: str, usual: T) -> T:
    """The word behind `name`, as what the usual value is; or that one."""
    return type(usual)(args[args.index(name) + 1]) if name in args else usual
