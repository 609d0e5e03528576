import pytest

from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.livescore.domain.schemes.yaml_tree import MAX_BYTES, read_tree
from shared.errors import Rejected


def test_scalars_stay_text_and_lines_are_kept() -> None:
    tree = read_tree(b"a: 5.10\nb:\n  - yes\n  - {c: 0x10}\n  - ~\n")
    assert tree.value == {"a": "5.10", "b": ["yes", {"c": "0x10"}, None]}
    assert tree.lines == {(): 1, ("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4, ("b", 2): 5}
    assert tree.faults == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"a: 1\nb: &x 2\n", 2, "anchor"),
        (b"a: 1\nb: *x\n", 2, "alias"),
        (b"a: 1\nb: !!python/object:os.system 2\n", 2, "tag"),
        (b"a: 1\nb: 2\na: 3\n", 3, "twice, first on line 1"),
        (b"a: 1\nb: [1,\nc: 2\n", 4, "not YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\nb: \x01\n", 2, "control character"),
        (b"a: 1\n---\nb: 1\n", 2, "more than one document"),
        (b"a: 1\n? [b]\n: 1\n", 2, "plain word"),
        (b"a: 1\nb: " + b"[" * 30 + b"]" * 30, 2, "levels deep"),
    ],
)
def test_what_yaml_can_do_to_a_reader_is_refused_with_its_line(text: bytes, line: int, words: str) -> None:
    faults = read_tree(text).faults
    assert (faults[0].line, words in faults[0].detail) == (line, True)


def test_a_file_that_is_too_large_is_not_read() -> None:
    tree = read_tree(b"a" * (MAX_BYTES + 1))
    assert tree.value is None
    assert "larger than 512 kB" in tree.faults[0].detail


def test_aliases_cannot_unfold_into_a_bomb() -> None:
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    tree = read_tree(text.encode())
    assert any("alias" in fault.detail for fault in tree.faults)
    assert len(tree.lines) < 400


@pytest.mark.parametrize("text", [b"", b"# nothing\n", b"- a\n- b\n", b"word", b"~", b"\xef\xbb\xbf"])
def test_a_file_without_a_scheme_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(Rejected) as refused:
        parse_scheme(text)
    assert len(refused.value.faults) == 1


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_tree(b"\xef\xbb\xbfa: 1\n").value == {"a": "1"}
