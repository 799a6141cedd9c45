"""What somebody holds says until when its first answer is due, for as long as nobody has given it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from linjen.core import clock
from tests.region import Person, Region
from tests.stories.test_ledger import ledger_of
from tests.stories.test_reopen import closed, reply

_DUE = re.compile(r'<span class="(lj-due[^"]*)" data-due[^>]*>([^<]+)<')


async def due(person: Person, case_id: UUID) -> tuple[str, str] | None:
    """The classes and the words of the deadline that the row shows."""
    row = next(row for row in (await ledger_of(person)).split("<tr ") if f"case-{case_id}" in row)
    found = _DUE.search(row)
    return (found[1], found[2]) if found else None


async def come(region: Region, name: str, hours: float) -> UUID:
    """Let a seeded case have come so long ago, and nobody have answered since."""
    case_id = region.cases[name]
    at = clock.now() - timedelta(hours=hours)
    await region.site.database.execute("update visits set queued_at = $2 where case_id = $1", case_id, at)
    await region.site.database.execute("update cases set turn_at = $2 where id = $1", case_id, at)
    return case_id


async def test_what_she_holds_says_until_when_the_first_answer_is_due_and_then_no_more(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["waiting"]
    before = await due(karin, case_id)
    assert before is not None
    assert before[1].startswith("senast ")
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert await due(karin, case_id) == await due(bo, case_id) == before, "who takes it has not answered yet"
    await (await region.resident("astrid")).say(case_id, "Hör ni mig?")
    assert await due(karin, case_id) == before
    assert (await karin.say(case_id, "Hej, nu läser jag.")).status_code == 201
    assert await due(karin, case_id) is None
    await (await region.resident("astrid")).say(case_id, "Tack!")
    assert await due(karin, case_id) is None, "the level's time is for the first answer; from then on the turn counts"


async def test_what_is_held_over_its_time_says_so_and_is_found_by_the_filter(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = await come(region, "waiting", 24 * 8)
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert await due(karin, case_id) == ("lj-due lj-due-over", "över tiden")
    filtered = "/clinic/ledger?only=over"
    assert f'<tr id="case-{case_id}"' in (await karin.get(filtered)).text
    await karin.say(case_id, "Hej!")
    assert f'<tr id="case-{case_id}"' not in (await karin.get(filtered)).text


async def test_a_reply_that_opens_a_case_again_has_a_first_answer_of_its_own(region: Region) -> None:
    karin, gustav, case_id = await closed(region)
    assert (await reply(gustav, case_id)).status_code == 303
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert await due(karin, case_id) is not None
    await karin.say(case_id, "Kom hit.")
    assert await due(karin, case_id) is None
