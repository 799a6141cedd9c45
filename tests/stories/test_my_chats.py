"""The strip of one's own chats: who has waited longest first, live on every page of a case, logged, naming nobody."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from linjen.demo.world import id_of
from tests.region import Region


def _chips(html: str) -> list[tuple[str, str]]:
    """(case, words) of each chip, in order."""
    strip = html.partition('id="my-chats"')[2].partition("</nav>")[0]
    return re.findall(r'href="/clinic/cases/([0-9a-f-]{36})".*?data-turn=[^>]+>([^<]+)<', strip)


async def _waits(region: Region, name: str, turn: str, minutes: int) -> UUID:
    await region.site.database.execute(
        "update cases set turn = $2, turn_at = now() - make_interval(mins => $3) where id = $1",
        region.cases[name], turn, minutes,
    )  # fmt: skip
    return region.cases[name]


async def test_who_has_waited_longest_for_me_comes_first(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for name in ("waiting", "child", "urgent"):
        assert (await karin.post(f"/clinic/cases/{region.cases[name]}/claims")).status_code == 303
    short, long = await _waits(region, "waiting", "staff", 5), await _waits(region, "child", "staff", 40)
    theirs, held = await _waits(region, "urgent", "resident", 90), await _waits(region, "held_by_karin", "staff", 10)
    for page in (f"/clinic/cases/{held}", f"/clinic/cases/{held}/patient", "/clinic/ledger", "/clinic/mine"):
        chips = _chips((await karin.get(page)).text)
        assert [case for case, _ in chips] == [str(one) for one in (long, held, short, theirs)], page
    await _waits(region, "urgent", "staff", 1)
    assert _chips((await karin.get("/clinic/mine")).text)[0][0] == str(theirs), "an urgent one does not stand behind"
    await _waits(region, "urgent", "resident", 90)
    assert [words for _, words in chips] == [
        "Vår tur, 40 min", "Vår tur, 10 min", "Vår tur, 5 min", "Patientens tur, 1 tim 30 min",
    ]  # fmt: skip
    strip = (await karin.get(f"/clinic/chats?here={held}")).text
    assert strip.count("aria-current") == 1
    assert not re.search("Gustav|Astrid|Ingrid", strip), "a list names nobody"
    shown = "select shown @> $2 from access_log where verb = 'chats' and by_id = $1 order by id desc limit 1"
    assert await region.value(shown, id_of("staff/karin"), [short, long, theirs, held])


async def test_one_chat_alone_needs_no_strip_and_asynchronous_ones_stand_elsewhere(region: Region) -> None:
    karin, held = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert not _chips((await karin.get(f"/clinic/cases/{held}")).text)
    assert _chips((await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text), "another case is open"
    await region.site.database.execute(
        "update visits set kind = 'async', until_on = current_date + 3 where case_id = $1", held
    )
    assert not _chips((await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text)
    bo = await region.staff("bo", "ankaret")
    assert str(held) not in (await bo.get("/clinic/chats")).text


async def test_the_pages_of_the_holder_are_told_and_nobody_elses(region: Region) -> None:
    karin, sara, gustav = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), await region.resident("gustav")
    )  # fmt: skip
    held, other = region.cases["held_by_karin"], region.cases["waiting"]
    async with (
        karin.listen(f"/clinic/cases/{other}/stream") as hers, sara.listen(f"/clinic/cases/{other}/stream") as not_hers
    ):  # fmt: skip
        await asyncio.gather(hers.wait_for("hello"), not_hers.wait_for("hello"))
        await gustav.say(held, "Hallå?")
        await hers.wait_for("chats")
        hers.heard.clear()
        assert (await karin.post(f"/clinic/cases/{held}/releases")).status_code == 303
        await hers.wait_for("chats")
        assert not [kind for kind, _, _ in not_hers.heard if kind == "chats"]
