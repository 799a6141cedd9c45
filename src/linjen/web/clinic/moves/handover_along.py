"""Det som följer med vid överlämning, told beforehand: what waits for a colleague here goes to colleagues there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from linjen.cases.moves.handover_along import Along, Waiting
from linjen.people.colleagues import Colleague
from linjen.web.exchange import Exchange


class Lines(msgspec.Struct, frozen=True):
    """What clinic/moves/handover.html lists, and to which unit or units."""

    lead: str
    lines: list[str]


def along_in_words(
    exchange: Exchange, along: Along, unit_id: UUID | None, offered: Sequence[Colleague], everybody: Sequence[Colleague]
) -> list[Lines]:
    """Nothing within the own unit; otherwise once for all units that are `offered` where it is the same for all.

    `everybody` works at the care provider, so that it is not said of somebody that she cannot read it there when she
    works there, too.
    """
    units = {one.unit_id: one.unit_name for one in offered if one.unit_id != unit_id}
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one, name in units.items():
        there = [colleague for colleague in everybody if colleague.unit_id == one]
        alike[tuple(_lines(exchange, along, there))].append(name)
    return [
        Lines(_lead(exchange, names, among=len(units)), list(lines)) for lines, names in alike.items() if lines
    ]  # fmt: skip


def _lead(exchange: Exchange, names: Sequence[str], *, among: int) -> str:
    if len(names) == among > 1:
        return exchange.say("handover.along.anywhere")
    *first, last = names
    to = exchange.say("handover.along.and", first=", ".join(first), last=last) if first else last
    return exchange.say("handover.along.to", unit=to)


def _lines(exchange: Exchange, along: Along, there: Sequence[Colleague]) -> list[str]:
    lines, say = [], exchange.say
    stays = {(one.role, one.staff_id) for one in there}
    if moved := [one for one in along.attestations if (one.role, one.staff_id) not in stays]:
        word = "one" if len(moved) == 1 else "some"
        names = _cut_off(moved, there)
        if len(names) == 1:  # with several a number says more than who they are
            lines.append(say(f"handover.along.attestation_{word}_of", count=len(moved), name=names[0]))
        else:
            lines.append(say(f"handover.along.attestation_{word}", count=len(moved)))
    if along.tickets:
        word = "one" if along.tickets == 1 else "some"
        lines.append(say(f"handover.along.ticket_{word}", count=along.tickets))
    return lines


def _cut_off(moved: Sequence[Waiting], there: Sequence[Colleague]) -> list[str]:
    """Who does not read it there, where that is why all of them move; [] where something else is."""
    working = {one.staff_id for one in there}
    if any(one.staff_id is None or one.staff_id in working for one in moved):
        return []
    return list(dict.fromkeys(one.name for one in moved))
