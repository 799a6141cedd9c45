"""Bokade besök: a time that was booked on a ticket stands in the receiving unit's list of its day, and in its count."""

from __future__ import annotations

import re
from uuid import UUID

from linjen.core import clock
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_ticket import issued
from tests.stories.test_ticket_use import book


async def booked_today(region: Region, at: str = "23:50") -> UUID:
    """A ticket to Lyktan for which Lena has booked a time, which has come to today."""
    ticket_id, lena = await issued(region, kind="booking"), await region.staff("lena", "lyktan")
    assert (await book(lena, ticket_id)).status_code == 303
    today = clock.local_date(clock.now()).isoformat()
    await owner_does(
        region, f"update tickets set booked_for = '{today} {at}'::timestamp at time zone 'Europe/Stockholm'"
    )
    return ticket_id


async def shown(person: Person, query: str = "") -> str:
    """The list, without the list of keys."""
    return (await person.get(f"/clinic/booked{query}")).text.split("</main", 1)[0]


def count_of(page: str) -> int:
    """The number in the tab of booked visits."""
    tab = re.search(r'href="/clinic/booked".*?</a>', page, re.DOTALL)
    assert tab is not None
    found = re.search(r'class="lj-count">(\d+)', tab[0])
    return int(found[1]) if found else 0


async def test_the_receiving_unit_sees_it_on_its_day_with_a_way_to_the_ticket(region: Region) -> None:
    lena = await region.staff("lena", "lyktan")
    before = count_of((await lena.get("/clinic/ledger")).text)
    ticket_id = await booked_today(region)
    for query in ("", "?whose=unit"):
        page = await shown(lena, query)
        assert f'href="/clinic/tickets/{ticket_id}"' in page
        assert "Gustav Öberg" in page
        assert "23.50" in page
        assert "Tid bokad på biljett från Hälsocentralen Ankaret" in page
        assert count_of(page) == before + 1
    assert str(ticket_id) not in await shown(lena, "?day=2030-01-01")
    logged = "select count(*) from access_log where verb = 'list_tickets' and $1::uuid = any(shown)"
    assert await region.value(logged, ticket_id) == 2


async def test_neither_the_sender_nor_who_does_not_receive_such_cases_sees_it(region: Region) -> None:
    ticket_id = await booked_today(region)
    for key, unit in (("karin", "ankaret"), ("fadime", "rehab"), ("mona", "ankaret")):
        person = await region.staff(key, unit)
        assert str(ticket_id) not in await shown(person, "?whose=unit")
    maja = await region.staff("maja", "ankaret")
    assert (await maja.get("/clinic/booked")).status_code == 404


async def test_a_day_is_swedish_and_who_is_protected_is_not_named(region: Region) -> None:
    await booked_today(region, "00:10")
    lena = await region.staff("lena", "lyktan")
    assert "00.10" in await shown(lena)
    await owner_does(region, "update residents set protected = 'yes'")
    page = await shown(lena)
    assert "00.10" in page
    assert "Gustav" not in page


async def test_one_that_nobody_has_booked_a_time_for_is_not_there(region: Region) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await region.staff("lena", "lyktan")
    assert str(ticket_id) not in await shown(lena, "?whose=unit")
