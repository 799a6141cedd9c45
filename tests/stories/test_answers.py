"""Svara på frågor: many residents' answers in one commit; each saved once, logged once, and never over another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import parse_qsl

import asyncpg
import msgspec
import pytest

from linjen.access.by import By
from linjen.bench.answerers import Script, make_scripts, reset
from linjen.bench.interviewees import interviewees
from linjen.cases.intake.answers import Answer, save_answers
from linjen.cases.intake.start import Intake
from linjen.core.errors import LinjenError
from linjen.core.ids import new_id
from linjen.triage import load
from linjen.web.cookies import cookie_name
from linjen.web.resident.intake import questions as intake_questions
from tests.plain_http import plain_client
from tests.region import Region
from tests.stories.test_ledger import owner_does

_LOGGED = "select count(*) from access_log where case_id = $1 and verb = 'write_intake' and refused is null"


@pytest.fixture
async def scripts(region: Region) -> Sequence[Script]:
    """Drafts of eight grown-ups, each at its first page of questions."""
    db = await asyncpg.connect(region.dsn)
    people = interviewees(load(), 1, from_age=18, picks=True)[::11][:8]
    try:
        return await make_scripts(db, region.site.sealer, load(), people)
    finally:
        await db.close()


async def post(region: Region, script: Script, page: int = 1, *, version: int | None = None, token: str = "") -> str:
    """One page's form as the browser sends it: the status, and where it leads."""
    headers = {
        "cookie": f"{cookie_name(region.site.settings, 'resident')}={token or script.token}", "origin": region.url,
        "sec-fetch-site": "same-origin",
    }  # fmt: skip
    fields = dict(parse_qsl(script.forms[page - 1].decode()))
    fields |= {"csrf": script.csrf, "version": str(page - 1 if version is None else version)}
    async with plain_client(base_url=region.url, timeout=20) as http:
        answer = await http.post(f"/intakes/{script.case_id}/questions/{page}", data=fields, headers=headers)
    return f"{answer.status_code} {answer.headers.get('location', '')}".strip()


async def said_in(region: Region, script: Script) -> dict[str, object]:
    """What stands in the draft."""
    sealed = await region.value("select state_sealed from intakes where case_id = $1", script.case_id)
    assert isinstance(sealed, bytes)
    plain = region.site.sealer.unseal("intake", sealed, script.case_id.bytes)
    return dict(msgspec.json.decode(plain, type=Intake).said)


async def gathered(region: Region, first: Script, others: Sequence[Script]) -> tuple[list[str], list[int]]:
    """What each post was answered, and the sizes of the batches, when all others gather behind the first."""
    batches: list[int] = []
    write = region.site.answers._write

    async def counted(batch: Sequence[Answer]) -> Sequence[bool | LinjenError]:
        batches.append(len(batch))
        return await write(batch)

    region.site.answers._write = counted
    async with region.site.database.transaction() as db, asyncio.timeout(10):
        await db.execute("select 1 from cases where id = $1 for update", first.case_id)
        posting = [asyncio.create_task(post(region, first))]
        while not batches:  # noqa: ASYNC110 - the writer tells no one
            await asyncio.sleep(0.01)
        posting += [asyncio.create_task(post(region, script)) for script in others]
        while len(region.site.answers._waiting) < len(others):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return await asyncio.gather(*posting), batches


async def test_answers_of_the_same_instant_are_one_commit(region: Region, scripts: Sequence[Script]) -> None:
    answers, batches = await gathered(region, scripts[0], scripts[1:])
    assert all(answer.startswith("303 /intakes/") and "newer" not in answer for answer in answers)
    assert batches == [1, len(scripts) - 1]
    for script in scripts:
        assert await region.value("select version from intakes where case_id = $1", script.case_id) == 1
        assert await region.value(_LOGGED, script.case_id) == 1
        assert await said_in(region, script)


async def test_two_windows_never_write_over_each_other(region: Region, scripts: Sequence[Script]) -> None:
    """All have read the draft before the first is written: it wins, and the others are told of a newer one."""
    answers, batches = await gathered(region, scripts[0], [scripts[0]] * 4)
    assert batches == [1, 4]
    assert answers[0].startswith("303")
    assert "newer" not in answers[0]
    assert all("newer=1" in answer or answer.startswith("409") for answer in answers[1:]), answers
    assert await region.value("select version from intakes where case_id = $1", scripts[0].case_id) == 1


async def test_a_form_from_before_a_change_is_shown_again_and_not_saved(
    region: Region, scripts: Sequence[Script]
) -> None:
    script = scripts[0]
    before = await said_in(region, script)
    assert (await post(region, script, version=7)).startswith("409")
    assert await said_in(region, script) == before
    assert await region.value("select version from intakes where case_id = $1", script.case_id) == 0


async def test_a_strangers_draft_is_not_there(region: Region, scripts: Sequence[Script]) -> None:
    mine, other = scripts[:2]
    stolen = msgspec.structs.replace(other, csrf=mine.csrf)
    assert await post(region, stolen, token=mine.token) == "404"
    assert await region.value("select version from intakes where case_id = $1", other.case_id) == 0
    assert await region.value(_LOGGED, other.case_id) == 0
    refused = "select refused from access_log where case_id = $1 and refused is not null"
    assert await region.value(refused, other.case_id) == "case"


async def test_if_the_log_cannot_be_written_nothing_is_saved_or_shown(
    region: Region, scripts: Sequence[Script]
) -> None:
    script = scripts[0]
    await owner_does(region, "alter table access_log add constraint broken check (verb <> 'write_intake') not valid")
    try:
        assert await post(region, script) == "500"
    finally:
        await owner_does(region, "alter table access_log drop constraint broken")
    assert await region.value("select version from intakes where case_id = $1", script.case_id) == 0
    assert (await post(region, script)).startswith("303")


async def test_one_bad_answer_takes_no_others_with_it(region: Region, scripts: Sequence[Script]) -> None:
    """Out of reach, of an older version, twice in a batch, of a case that has been sent or is not there."""
    by = {script.case_id: await who_wrote(region, script) for script in scripts}
    good, stranger, old, twice, sent = (script.case_id for script in scripts[:5])
    await region.site.database.execute(
        "update cases set phase = 'closed', close_reason = 'self_care', closed_at = now() where id = $1", sent
    )
    batch = [
        Answer(by[good], good, 0, Intake(text="a"), "questions"),
        Answer(by[good], stranger, 0, Intake(text="b"), "questions"),
        Answer(by[old], old, 3, Intake(text="c"), "questions"),
        Answer(by[twice], twice, 0, Intake(text="first"), "questions"),
        Answer(by[twice], twice, 0, Intake(text="second"), "questions"),
        Answer(by[sent], sent, 0, Intake(text="e"), "questions"),
        Answer(by[good], new_id(), 0, Intake(text="f"), "questions"),
    ]
    saved = await save_answers(region.site.database, region.site.sealer, batch)
    assert saved == [True, False, False, True, False, False, False]
    logged = "select count(*) from access_log where verb = 'write_intake' and case_id = any($1::uuid[])"
    assert await region.value(logged, [item.case_id for item in batch]) == 2
    sealed = await region.value("select state_sealed from intakes where case_id = $1", twice)
    assert b'"first"' in region.site.sealer.unseal("intake", sealed, twice.bytes)  # type: ignore[arg-type]


async def who_wrote(region: Region, script: Script) -> By:
    """The acting person of a draft's session."""
    row = await region.site.database.fetch_row(
        "select s.id, s.person_id from sessions s join cases c on c.opened_by = s.person_id where c.id = $1",
        script.case_id,
    )
    assert row is not None
    return By("resident", row["person_id"], row["id"], None, "sv")


async def test_a_guardian_no_longer_answers_for_a_child(region: Region, scripts: Sequence[Script]) -> None:
    """The right is asked for where it is written, too: it may have ended since the draft was read."""
    script = scripts[0]
    by = await who_wrote(region, script)
    child = region.actors.residents["elsa"]
    await region.site.database.execute(
        "update cases set patient_id = $2, patient_birth_on = (select birth_on from residents where id = $2)"
        " where id = $1",
        script.case_id, child,
    )  # fmt: skip
    guardians = "insert into guardianships (guardian_id, child_id, confirmed_at) values ($1, $2, now())"
    await region.site.database.execute(guardians, by.person_id, child)
    answer = Answer(by, script.case_id, 0, Intake(text="a"), "questions")
    assert await save_answers(region.site.database, region.site.sealer, [answer]) == [True]
    await region.site.database.execute("update guardianships set ended_at = now() where guardian_id = $1", by.person_id)
    later = msgspec.structs.replace(answer, version=1)
    assert await save_answers(region.site.database, region.site.sealer, [later]) == [False]


async def test_what_is_shown_at_once_is_kept_with_the_draft(region: Region, scripts: Sequence[Script]) -> None:
    script = scripts[0]
    by = await who_wrote(region, script)
    for outcome, phase in (("emergency", "emergency_advised"), ("self_care", "self_care_offered"), ("", "intake")):
        version = await region.value("select version from intakes where case_id = $1", script.case_id)
        result = b'{"urgency": 1}' if outcome else b""
        answer = Answer(by, script.case_id, version, Intake(text="a"), outcome or "form", outcome, result)  # type: ignore[arg-type]
        assert await save_answers(region.site.database, region.site.sealer, [answer]) == [True]
        assert await region.value("select phase from cases where id = $1", script.case_id) == phase
        kept = await region.value("select result_sealed from intakes where case_id = $1", script.case_id)
        assert region.site.sealer.unseal("intake_result", kept, script.case_id.bytes) == b'{"urgency": 1}'  # type: ignore[arg-type]


@pytest.mark.parametrize(("sent", "kept"), [("7", 7), ("0", 0), ("-3", None), ("många", None), ("", None)])
async def test_what_the_form_said_of_the_pages_ahead_is_kept(
    region: Region, scripts: Sequence[Script], sent: str, kept: int | None
) -> None:
    """What is no number is worked out anew: a strange form changes nothing but its own page."""
    script = scripts[0]
    form = "&".join(part for part in script.forms[0].decode().split("&") if not part.startswith("ahead="))
    forms = (f"{form}&ahead={sent}".encode(), *script.forms[1:])
    assert (await post(region, msgspec.structs.replace(script, forms=forms))).startswith("303")
    sealed = await region.value("select state_sealed from intakes where case_id = $1", script.case_id)
    plain = region.site.sealer.unseal("intake", sealed, script.case_id.bytes)  # type: ignore[arg-type]
    ahead = msgspec.json.decode(plain, type=Intake).ahead
    assert ahead == kept if kept is not None else ahead is not None


async def kept_of(region: Region, script: Script) -> tuple[object, ...]:
    """All that a draft keeps: what is filled in, where it goes on, its phase, and what the triage said at once."""
    row = await region.site.database.fetch_row(
        "select i.state_sealed, i.result_sealed, i.step, i.version, c.phase from intakes i"
        " join cases c on c.id = i.case_id where c.id = $1",
        script.case_id,
    )
    assert row is not None
    sealer, bound = region.site.sealer, script.case_id.bytes
    intake = msgspec.json.decode(sealer.unseal("intake", row["state_sealed"], bound), type=Intake)
    result = sealer.unseal("intake_result", row["result_sealed"], bound) if row["result_sealed"] else b""
    return intake, result, row["step"], row["version"], row["phase"]


async def test_the_quick_way_leaves_what_the_ordinary_way_leaves(
    region: Region, scripts: Sequence[Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole interviews both ways: the same pages follow, and the same is kept."""

    async def played(script: Script) -> tuple[list[str], tuple[object, ...]]:
        led = [await post(region, script, page) for page in range(1, len(script.forms) + 1)]
        return led, await kept_of(region, script)

    quick = [await played(script) for script in scripts]
    assert {result[1][4] for result in quick} > {"intake"}, "some of them come to an emergency or to advice"
    db = await asyncpg.connect(region.dsn)
    await reset(db, list(scripts))
    await db.close()

    async def never(*_: object) -> None:
        return None

    monkeypatch.setattr(intake_questions, "take_quickly", never)
    assert [await played(script) for script in scripts] == quick
