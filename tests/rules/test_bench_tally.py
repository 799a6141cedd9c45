"""The shift's bench counts what never came and what came twice, also when an id is cut in two on its way."""

from __future__ import annotations

from linjen.bench.browsers import Ear, Tally

_ONE, _TWO = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"


def _bubble(name: str) -> bytes:
    return f'event: message_sent\ndata: <li id="m-{name}" data-seq="4">\n\n'.encode()


async def _ear(*parts: bytes) -> Ear:
    ear = Ear("127.0.0.1", 1, b"")
    for number, part in enumerate(parts):
        ear.take(part, float(number))
    return ear


async def test_an_id_that_is_cut_in_two_counts_once() -> None:
    whole = _bubble(_ONE) + _bubble(_TWO)
    for place in range(1, len(whole)):
        ear = await _ear(whole[:place], whole[place:])
        assert ear.times == {_ONE: 1, _TWO: 1}


async def test_what_never_came_is_missed_and_what_came_twice_is_doubled() -> None:
    there, deaf, twice = await _ear(_bubble(_ONE)), await _ear(_bubble(_TWO)), await _ear(_bubble(_ONE), _bubble(_ONE))
    tally = Tally()
    tally.settle(_ONE, -1.0, [there, deaf, twice], once=True)
    assert (tally.missed, tally.doubled, tally.delays) == (1, 1, [1000.0, 1000.0])


async def test_a_row_may_be_drawn_anew() -> None:
    tally = Tally()
    row = f'<tr id="case-{_ONE}">'.encode()
    tally.settle(_ONE, 0.0, [await _ear(row, row)], once=False)
    assert (tally.missed, tally.doubled) == (0, 0)
