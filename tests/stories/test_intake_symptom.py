"""Sök vård: from the first page to a case in the ledger, for an adult and for a child, without JavaScript."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.intake.interview import read_assessment
from linjen.core import clock
from linjen.demo.world import id_of
from linjen.units.schedule import find_public_holiday
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def test_an_adult_with_a_cough_is_triaged_and_queued(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    assert walk.step == "unit"
    await walk.send({"unit": ANKARET})
    assert walk.step == "consent"
    await walk.send({"care_history": "allow", "medication_list": "refuse"})
    assert walk.step == "fee"
    assert "Acceptera och fortsätt" in walk.html
    assert "När du trycker godkänner du att betala en sådan avgift, om det blir en." in walk.html
    await walk.send()
    assert walk.step == "words"
    await walk.send({"text": "Jag har hostat i två veckor och är trött"})
    assert walk.step == "reasons"
    values = [value for name, _, value in walk.fields() if name == "reasons"]
    assert 3 <= len(values) - 1 <= 5
    assert values[-1] == "ovrigt"
    assert "hosta" in values
    await walk.send({"reasons": ["hosta"]})
    assert walk.step == "questions/1"
    await walk.answer_all(lambda code: {"gen.duration_days": "14", "gen.fever": "yes"}.get(code, "no"))
    await walk.to_pictures()
    await walk.send({"do": "next"})
    assert walk.step == "extra"
    await walk.send({"extra": "Jag röker"})
    assert walk.step == "check"
    for words in ("Jag har hostat i två veckor", "Hosta", "Tillåt inte", "Hälsocentralen Ankaret", "Jag röker", "14 "):
        assert words in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    await _is_queued(region, walk, "hosta")


async def _is_queued(region: Region, walk: Walk, reason: str) -> None:
    async with region.site.database.transaction() as db:
        row = await db.fetchrow(
            "select c.urgency, c.reason, c.protocol, v.priority, v.state, c.phase, v.unit_id"
            " from cases c join visits v on v.id = c.visit_id where c.id = $1",
            UUID(walk.case_id),
        )
        found = await read_assessment(db, region.site.sealer, UUID(walk.case_id))
    assert row is not None
    assert found is not None
    assert (row["phase"], row["state"], row["reason"], str(row["unit_id"])) == ("sent", "queued", reason, ANKARET)
    assert row["urgency"] == row["priority"] == found.urgency
    assert row["protocol"] == found.protocol
    assert row["protocol"].startswith("linjen_exempel@")
    assert found.lines
    assert all(line.question for line in found.lines)


async def test_a_parent_writes_for_her_child_whose_name_is_on_every_page(region: Region) -> None:
    astrid = await region.resident("astrid")
    walk = await Walk(region, astrid).begin()
    assert walk.step == "patient"
    elsa = str(region.actors.residents["elsa"])
    await walk.send({"patient": elsa})
    seen = set()
    await walk.send({"unit": ANKARET})
    while walk.step != "receipt":
        assert "Gäller Elsa" in walk.html, walk.step
        seen.add(walk.step.split("/")[0])
        match walk.step.split("/")[0]:
            case "consent":
                await walk.send({"care_history": "refuse", "medication_list": "refuse"})
            case "words":
                await walk.send({"text": "Elsa har feber sedan i går och ont i halsen"})
            case "reasons":
                values = [value for name, _, value in walk.fields() if name == "reasons"]
                await walk.send({"reasons": [value for value in values if value in {"halsont", "feber_barn"}]})
            case "questions":
                assert "barnet" in walk.html or "Elsa" in walk.html
                await walk.send(walk.filled(lambda code: "yes" if code == "gen.fever" else "no"))
            case "pictures":
                await walk.send({"do": "next"})
            case "check":
                await walk.send(path=f"/intakes/{walk.case_id}/send")
            case _:
                await walk.send()
    assert "Gäller Elsa" in walk.html
    assert seen >= {"consent", "fee", "words", "reasons", "questions", "pictures", "extra", "check"}
    row = await region.site.database.fetch_row("select * from cases where id = $1", UUID(walk.case_id))
    assert row is not None
    assert (str(row["patient_id"]), row["opened_by"]) == (elsa, region.actors.residents["astrid"])
    choices = await region.site.database.fetch(
        "select kind, choice, resident_id from consents where case_id = $1", UUID(walk.case_id)
    )
    assert {(one["kind"], one["choice"]) for one in choices} == {
        ("care_history", False), ("medication_list", False), ("fee", True),
    }  # fmt: skip
    assert {str(one["resident_id"]) for one in choices} == {elsa}


async def test_a_refusal_of_consent_stops_nothing_and_the_fee_stops_everything(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.send({"unit": ANKARET})
    await walk.send({"care_history": "refuse", "medication_list": "refuse"})
    assert walk.step == "fee"
    for later in ("words", "reasons", "questions/1", "pictures", "check", "extra"):
        await walk.open(later)
        assert walk.step == "fee", later
    await walk.send({"text": "jag hoppar över avgiften"}, path=f"/intakes/{walk.case_id}/words")
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step.startswith("fee")
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "intake"


async def test_who_comes_back_on_another_device_goes_on_where_she_was(region: Region) -> None:
    first = await Walk(region, await region.resident("gustav")).begin()
    await first.pass_start("Jag har ont i halsen och lite feber", unit=ANKARET)
    await first.send({"reasons": ["halsont"]})
    await first.send(first.filled())
    await first.send(first.filled())
    assert first.step == "questions/3"
    other = Walk(region, await region.resident("gustav"))
    await other.open(case_id=first.case_id)
    assert other.step == "questions/3"
    await other.open("words")
    assert "Jag har ont i halsen och lite feber" in other.html


async def test_going_back_keeps_answers_and_a_change_takes_hold(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all(lambda code: "yes" if code == "gen.fever" else "no")
    count = len((await _state(region, walk))["pages"])
    await walk.open("questions/1")
    checked = [match for match in walk.response.text.split("<input") if "checked" in match]
    assert checked, "the answers are filled in"
    await walk.send(walk.filled(lambda code: "no"))
    assert not walk.step.startswith("questions/1")
    after = await _state(region, walk)
    assert len(after["pages"]) >= count - 1
    assert after["answers"]["gen.fever"] is True


async def _state(region: Region, walk: Walk) -> dict[str, dict[str, object]]:
    from linjen.cases.intake.start import read_intake  # noqa: PLC0415

    async with region.site.database.transaction() as db:
        intake = await read_intake(db, region.site.sealer, UUID(walk.case_id))
    return intake.interview  # type: ignore[return-value]


async def test_a_typed_number_must_be_one_and_the_answers_stay(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen sedan länge", unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    while "gen.duration_days" not in {name for name, _, _ in walk.fields()}:
        assert walk.step.startswith("questions")
        await walk.send(walk.filled())
    answers = {**walk.filled(), "gen.duration_days": "länge"}
    answers.pop("gen.duration_days.unknown", None)
    await walk.send(answers)
    assert walk.response.status_code == 422
    assert "<title>Fel:" in walk.html
    assert "Skriv med siffror, till exempel 3." in walk.html
    summary = walk.html.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert ">Ungefär hur många dagar har besväret varat? Skriv med siffror, till exempel 3.</a>" in summary
    assert 'value="länge"' in walk.html
    await walk.send({**answers, "gen.duration_days": "40000"})
    assert "Skriv ett tal mellan 0 och 36500." in walk.html
    await walk.send({**answers, "gen.duration_days": "ca 3,5 dagar"})
    assert walk.response.status_code == 200
    assert (await _state(region, walk))["answers"]["gen.duration_days"] == 3.5


async def test_inget_av_detta_is_no_to_all_but_never_hides_a_yes(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    codes = [name for name, kind, value in walk.fields() if kind == "checkbox" and value == "yes"]
    await walk.send({})
    assert walk.response.status_code == 422
    assert "Kryssa i det som stämmer, eller välj Inget av detta." in walk.html
    await walk.send({codes[0]: "yes", "none": "1"})
    assert walk.response.status_code == 422
    await walk.send({"none": "1"})
    assert walk.step == "questions/2"
    assert all(value is False for value in (await _state(region, walk))["answers"].values())


async def test_the_receipt_says_honestly_when_somebody_is_there(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    await region.site.database.execute("delete from opening_hours")
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    await walk.finish()
    assert "Ring Hälsocentralen Ankaret för att få veta när den är bemannad." in walk.html
    for day in range(7):
        await region.site.database.execute(
            "insert into opening_hours values ($1, $2, time '00:00', time '23:59')", id_of("unit/ankaret"), day
        )
    await walk.open("receipt")
    holiday = find_public_holiday(clock.local_date(clock.now())) is not None
    assert ("är bemannad igen" if holiday else "är öppen nu") in walk.html


async def test_several_reasons_are_asked_as_one_and_nothing_twice(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag hostar, har ont i halsen och ont i örat", unit=ANKARET)
    offered = [value for name, _, value in walk.fields() if name == "reasons"]
    chosen = [one for one in ("halsont", "hosta", "oron_ont") if one in offered]
    assert len(chosen) >= 2
    await walk.send({"reasons": [*chosen, "ovrigt"]})
    seen: list[str] = []
    while walk.step.startswith("questions"):
        names = {name.removesuffix(".unknown") for name, kind, _ in walk.fields() if kind in {"radio", "checkbox"}}
        codes = [one for one in names if "." in one and not one.endswith(".number")]
        assert len(codes) <= 6, "at most six on a page"
        seen += codes
        await walk.send(walk.filled())
    assert len(seen) == len(set(seen)), sorted(one for one in seen if seen.count(one) > 1)
    assert {"ent.swallow_unable", "resp.hemoptysis"} <= set(seen), "the warning signs of both"
