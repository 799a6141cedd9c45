"""Whose turn it is to speak in a case, and since when: the second clock of a row in the ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from linjen.access.sessions import hash_token
from linjen.cases.talk.message import Sending, send_messages
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import ledger_of, send_new


async def _turn(region: Region, case_id: UUID) -> tuple[str, datetime]:
    row = await region.site.database.fetch_row("select turn, turn_at from cases where id = $1", case_id)
    assert row is not None
    return row["turn"], row["turn_at"]


async def _long_ago(region: Region, case_id: UUID, minutes: int) -> None:
    await region.site.database.execute(
        "update cases set turn_at = now() - make_interval(mins => $2) where id = $1", case_id, minutes
    )


def _row(page: str, case_id: UUID) -> str:
    return next(row for row in page.split("<tr ") if f"case-{case_id}" in row)


async def test_a_row_says_whose_turn_it_is_and_since_when(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    gustav = await region.resident("gustav")
    assert (await gustav.say(case_id, "Det gör ont.")).status_code == 201
    row = _row(await ledger_of(karin), case_id)
    assert ">Vår tur<" in row
    await _long_ago(region, case_id, 12)
    assert "Vår tur sedan 12 min" in _row(await ledger_of(karin), case_id)
    assert (await karin.say(case_id, "Var då?")).status_code == 201
    await _long_ago(region, case_id, 125)
    row = _row(await ledger_of(karin), case_id)
    assert "Patientens tur sedan 2 tim 5 min" in row
    assert 'data-turn="resident"' in row


async def test_who_writes_once_more_has_not_waited_for_less(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    gustav = await region.resident("gustav")
    await gustav.say(case_id, "Det gör ont.")
    await _long_ago(region, case_id, 30)
    before = await _turn(region, case_id)
    await gustav.say(case_id, "Hör ni mig?")
    assert await _turn(region, case_id) == before
    await karin.say(case_id, "Jag är här.")
    turn, since = await _turn(region, case_id)
    assert turn == "resident"
    assert (datetime.now(UTC) - since).total_seconds() < 60


async def test_of_messages_in_one_batch_the_last_one_counts(region: Region) -> None:
    case_id, site = region.cases["held_by_karin"], region.site
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    batch = [
        Sending(hash_token(karin.token), case_id, new_id(), "Var gör det ont?"),
        Sending(hash_token(gustav.token), case_id, new_id(), "I knät."),
    ]
    sent = await send_messages(site.database, site.sealer, site.settings, batch)
    assert [one.outcome for one in sent] == ["sent", "sent"]
    assert (await _turn(region, case_id))[0] == "staff"
    batch = [Sending(one.token_hash, case_id, new_id(), one.text) for one in reversed(batch)]
    await send_messages(site.database, site.sealer, site.settings, batch)
    assert (await _turn(region, case_id))[0] == "resident"


async def test_a_new_case_is_ours_and_handing_over_makes_it_ours_again(region: Region) -> None:
    case_id = await send_new(region, "gustav", "ankaret")
    assert (await _turn(region, case_id))[0] == "staff"
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    await karin.say(case_id, "Hur länge har det varat?")
    assert (await _turn(region, case_id))[0] == "resident"
    fields = {
        "to": f"{id_of('unit/ankaret')}/physician",
        "tell": "En läkare läser det här.",
        "handover_id": str(new_id()),
    }
    assert (await karin.post(f"/clinic/cases/{case_id}/handovers", fields)).status_code == 303
    assert (await _turn(region, case_id))[0] == "staff", "what she is told on the way asks nothing of her"


async def test_what_waits_for_the_patient_is_a_view_of_its_own(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    gustav = await region.resident("gustav")
    await karin.say(case_id, "Hur länge har det varat?")
    page = (await karin.get("/clinic/ledger/answer")).text
    assert re.findall(r'<tr id="case-([0-9a-f-]{36})"', page) == [str(case_id)]
    async with karin.listen("/clinic/ledger/stream?view=answer") as ear:
        await ear.wait_for("hello")
        await gustav.say(case_id, "Sedan i går.")
        await ear.wait_for("gone", str(case_id))
    assert f"case-{case_id}" not in (await karin.get("/clinic/ledger/answer")).text
