"""The compressor of a lane: what refers to what, and when it starts afresh."""

import zlib

from services.broadcast.deflate import SharedDeflate, packed_alone

TAIL = b"\x00\x00\xff\xff"


def body(seq: int) -> bytes:
    return b'{"type":"delta","channel":"competition/expo.robotics","seq":%d,"rows":{"a":{"total":"%d.50"}}}' % (
        seq,
        seq,
    )


def reader() -> "zlib._Decompress":
    return zlib.decompressobj(-13)


def test_from_a_fresh_start_on_it_can_be_read_by_who_has_read_nothing_before() -> None:
    shared = SharedDeflate()
    readers: list[zlib._Decompress] = []
    for seq in range(600):
        (packed,) = shared.pack([body(seq)], inside=10, outside=0 if seq % 50 else 30)
        if shared.fresh:
            readers.append(reader())
        assert readers[-1].decompress(packed + TAIL) == body(seq)
    assert len(readers) == shared.epoch > 10


def test_who_got_a_message_packed_alone_is_taken_in_by_the_next_fresh_start() -> None:
    """It has entered the window, so it parts its receiver from the epoch; a fresh start refers back to none of it."""
    shared = SharedDeflate()
    for start in range(0, 600, 100):
        late = reader()
        assert late.decompress(packed_alone(body(start) * 100) + TAIL) == body(start) * 100
        shared.pack([body(start)], inside=1, outside=0)
        (packed,) = shared.pack([body(start + 1)], inside=1, outside=1)
        assert shared.fresh
        assert late.decompress(packed + TAIL) == body(start + 1)
        for seq in range(start + 2, start + 60):
            (packed,) = shared.pack([body(seq)], inside=2, outside=0)
            assert late.decompress(packed + TAIL) == body(seq)


def test_what_was_said_before_is_not_said_again() -> None:
    shared = SharedDeflate()
    sizes = [len(shared.pack([body(seq)], inside=10, outside=0)[0]) for seq in range(50)]
    assert sum(sizes[1:]) < 0.2 * sum(len(body(seq)) for seq in range(1, 50))


def test_it_starts_afresh_when_those_outside_have_cost_as_much_as_that_would() -> None:
    shared = SharedDeflate()
    shared.pack([body(0)], inside=0, outside=100)
    assert shared.fresh, "nobody is inside yet"
    for seq in range(1, 10):
        shared.pack([body(seq)], inside=100, outside=10)
        assert not shared.fresh
    shared.pack([body(10)], inside=100, outside=10)
    assert shared.fresh


def test_a_single_late_viewer_of_a_large_lane_is_taken_in_some_time() -> None:
    shared = SharedDeflate()
    shared.pack([body(0)], inside=0, outside=20_000)
    waited = 1
    shared.pack([body(1)], inside=20_000, outside=1)
    while not shared.fresh:
        waited += 1
        shared.pack([body(waited)], inside=20_000, outside=1)
    assert waited <= 300
