"""YAML as an organiser writes it, read into plain dicts, lists and TEXT, with the line of every part.

All scalars stay text: a YAML reader that makes numbers would turn a maximum of 5.10 into the float 5.1 (R34). Refused,
each with its line: aliases and anchors (a few lines can unfold into gigabytes), tags, doubled keys (the last one would
win in silence), more than one document, and anything too large or too deep. Reading events one by one keeps the work
bounded by the input; a composed node graph would have unfolded before it could be judged.

Written, a scheme is as compact as people write it: what holds only words and numbers stands on one line, numbers bare.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from services.livescore.domain.schemes.finding import Finding, Path, quoted
from services.livescore.domain.schemes.tree import Tree

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class _Unreadable(Exception):
    """Reading cannot go on behind this."""

    def __init__(self, code: str, line: int | None = None, **values: str) -> None:
        super().__init__(code)
        self.fault = Finding(code, line=line, values=values)


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open; `key` waits for its value."""

    into: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


def read_tree(text: bytes) -> Tree:
    """Read one YAML document; never raises, `faults` says what is wrong and an unreadable text has no value."""
    tree = Tree()
    try:
        stack: list[_Frame] = []
        for event in _events(_decoded(text)):
            _take(tree, stack, event, event.start_mark.line + 1 if event.start_mark else 0)
    except _Unreadable as exc:
        tree.value = None
        tree.faults.append(exc.fault)
    return tree


def _decoded(text: bytes) -> str:
    if len(text) > MAX_BYTES:
        raise _Unreadable("file_too_large", limit=f"{MAX_BYTES // 1024} kB")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _Unreadable("not_utf8", text.count(b"\n", 0, exc.start) + 1) from exc


def _events(text: str) -> Iterator[yaml.Event]:
    # The C parser where there is one: 256 kB must not hold up the judges for seconds.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        said = quoted(str(exc.problem or exc.context), 120)
        raise _Unreadable("not_yaml", mark.line + 1 if mark else None, said=said) from exc
    except yaml.reader.ReaderError as exc:
        raise _Unreadable("control_character", text.count("\n", 0, exc.position) + 1) from exc
    except yaml.YAMLError as exc:
        raise _Unreadable("not_yaml", said=quoted(str(exc), 120)) from exc


def _take(tree: Tree, stack: list[_Frame], event: yaml.Event, line: int) -> None:
    match event:
        case yaml.DocumentStartEvent() if () in tree.lines:
            raise _Unreadable("two_documents", line)
        case yaml.AliasEvent():
            tree.faults.append(Finding("yaml_alias", line=line, values={"name": quoted(str(event.anchor))}))
            _place(tree, stack, None, line)
        case yaml.ScalarEvent():
            _refuse_marks(tree, event, line)
            _scalar(tree, stack, event, line)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            _refuse_marks(tree, event, line)
            if len(stack) >= MAX_DEPTH:
                raise _Unreadable("too_deep", line, depth=str(MAX_DEPTH))
            into: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack.append(_Frame(into, _place(tree, stack, into, line)))
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            stack.pop()
        case _:
            pass  # the stream's and the document's own start and end


def _scalar(tree: Tree, stack: list[_Frame], event: yaml.ScalarEvent, line: int) -> None:
    frame = stack[-1] if stack else None
    if frame is None or isinstance(frame.into, list) or frame.key is not None:
        null = event.implicit[0] and event.value in _NULL
        _place(tree, stack, None if null else event.value, line)
        return
    frame.key = event.value
    path = (*frame.path, event.value)
    if event.value in frame.into:
        first = tree.lines[path]
        tree.faults.append(Finding("key_twice", path, line=line, values={"first": str(first)}))
    tree.lines[path] = line


def _place(tree: Tree, stack: list[_Frame], value: Any, line: int) -> Path:
    """Put a finished or just opened part where it belongs and return its path."""
    if not stack:
        tree.value, tree.lines[()] = value, line
        return ()
    frame = stack[-1]
    if isinstance(frame.into, list):
        path = (*frame.path, len(frame.into))
        frame.into.append(value)
        tree.lines[path] = line
        return path
    if frame.key is None:
        raise _Unreadable("key_not_plain", line)
    path = (*frame.path, frame.key)
    frame.into[frame.key] = value
    frame.key = None
    return path


def _refuse_marks(tree: Tree, event: yaml.NodeEvent, line: int) -> None:
    if event.anchor is not None:
        tree.faults.append(Finding("yaml_anchor", line=line, values={"name": quoted(event.anchor)}))
    tag = getattr(event, "tag", None)
    if tag is not None:
        tree.faults.append(Finding("yaml_tag", line=line, values={"name": quoted(tag)}))


class _Writer(yaml.SafeDumper):
    """Writes numbers bare: the reader takes them as text again."""


def _scalar_written(writer: _Writer, text: str) -> yaml.ScalarNode:
    if _NUMBER.fullmatch(text):
        tag = writer.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return writer.represent_scalar(tag, text)
    return writer.represent_scalar("tag:yaml.org,2002:str", text)


_Writer.add_representer(str, _scalar_written)


def write_tree(value: Any) -> bytes:
    """Write plain dicts, lists, texts and whole numbers so that `read_tree` reads the same."""
    text: str = yaml.dump(
        value, Dumper=_Writer, allow_unicode=True, sort_keys=False, default_flow_style=None, width=118
    )
    return text.encode()
