"""Skicka bild: looked at before it is sent, then a message, seen live by both; once, hers alone until then."""

from __future__ import annotations

import asyncio
import html as markup
import io
import re
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from linjen.core import clock
from linjen.media.pictures import MOST
from linjen.media.send_picture import erase_unsent
from linjen.web import rate
from tests.pdf import Read
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_listening import all_read, heard
from tests.stories.test_pictures import as_file, bomb, photo
from tests.stories.test_reopen import reply

_SENT = "select count(*) from pictures where case_id = $1 and message_id is not null"
_DRAFTS = "select count(*) from picture_drafts where case_id = $1"
_EVENTS = "select coalesce(string_agg(kind, ' ' order by seq), '') from events where case_id = $1 and seq > $2"
_COUNTER = "select counter from cases where id = $1"


async def add(
    person: Person, case: UUID, *pictures: bytes, upload: object = "", **fields: str
) -> httpx.Response:  # fmt: skip
    """Choose pictures, as the form does."""
    rate.forget()
    data = {"do": "add", "upload_id": str(upload or uuid4())} | fields
    return await person.post(f"/cases/{case}/picture-drafts", data, files=[as_file(one) for one in pictures])


def shown(page: str) -> list[str]:
    """The pictures that the page holds ready to be sent."""
    return list(dict.fromkeys(re.findall(r'name="about-([0-9a-f-]{36})"', page)))


async def page_of(person: Person, case: UUID) -> str:
    return (await person.get(f"/cases/{case}")).text


async def send(person: Person, case: UUID, ids: list[str], about: str = "") -> httpx.Response:
    """Press Skicka under what is shown."""
    return await person.post(f"/cases/{case}/pictures", {f"about-{one}": about for one in ids})


async def sent_one(region: Region, about: str = "") -> tuple[Person, Person, UUID, str]:
    """Gustav has sent a picture in the case that Karin holds: he, she, the case and the picture."""
    gustav, karin, case = await region.resident("gustav"), await region.staff("karin", "ankaret"), _held(region)
    assert (await add(gustav, case, photo())).status_code == 303
    (picture,) = shown(await page_of(gustav, case))
    assert (await send(gustav, case, [picture], about)).status_code == 303
    return gustav, karin, case, picture


def _held(region: Region) -> UUID:
    return region.cases["held_by_karin"]


async def test_it_is_looked_at_by_its_sender_alone_and_then_seen_by_both_live_as_a_message(region: Region) -> None:
    gustav, karin, case = await region.resident("gustav"), await region.staff("karin", "ankaret"), _held(region)
    before = await region.value(_COUNTER, case)
    added = await add(gustav, case, photo())
    assert (added.status_code, added.headers["location"]) == (303, f"/cases/{case}#send-picture")
    page = await page_of(gustav, case)
    (picture,) = shown(page)
    assert "Den är inte skickad än." in page
    look = await gustav.get(f"/cases/{case}/picture-drafts/{picture}")
    small = await gustav.get(f"/cases/{case}/picture-drafts/{picture}?size=thumbnail")
    assert [Image.open(io.BytesIO(one.content)).width for one in (look, small)] == [640, 320]
    assert not Image.open(io.BytesIO(look.content)).getexif()
    assert look.headers["cache-control"] == "no-store"
    desk = (await karin.get(f"/clinic/cases/{case}")).text
    assert picture not in desk, "nobody else sees what is not sent"
    for path in (f"/clinic/cases/{case}/pictures/{picture}", f"/cases/{case}/pictures/{picture}"):
        assert (await (karin if "clinic" in path else gustav).get(path)).status_code == 404
    assert await region.value(_COUNTER, case) == before, "nothing has happened to the case yet"
    async with karin.listen(f"/clinic/cases/{case}/stream") as hers, gustav.listen(f"/cases/{case}/stream") as his:
        await hers.wait_for("hello")
        await his.wait_for("hello")
        sent = await send(gustav, case, [picture], "Utslaget <nära>")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}#composer")
        *_, drawn = await hers.wait_for("message_sent", "Utslaget &lt;nära&gt;")
        html = markup.unescape(drawn)
        assert f'src="/clinic/cases/{case}/pictures/{picture}?size=thumbnail"' in html
        assert f'href="/clinic/cases/{case}/pictures?show={picture}"' in html
        *_, drawn = await his.wait_for("message_sent")
        assert f'src="/cases/{case}/pictures/{picture}/thumbnail"' in markup.unescape(drawn)
        await hers.wait_for("picture_sent")
    assert await region.value(_EVENTS, case, before) == "message_sent picture_sent"
    assert not shown(await page_of(gustav, case))
    row = await region.site.database.fetch_row(
        "select staff_unread, turn, pictures, (select count(*) from picture_drafts) as left from cases where id = $1",
        case,
    )
    assert row is not None
    assert (row["staff_unread"] >= 1, row["turn"], row["pictures"], row["left"]) == (True, "staff", 1, 0)


async def test_a_message_by_the_id_of_a_picture_keeps_no_picture_from_being_sent(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    for data in (photo(), photo(colour=(9, 9, 200))):
        assert (await add(gustav, case, data)).status_code == 303
    first, second = shown(await page_of(gustav, case))
    assert (await gustav.say(case, "Hej", UUID(first))).status_code == 201
    assert (await send(gustav, case, [first, second], "Utslaget")).status_code == 303
    assert await region.value(_SENT, case) == 2
    own = "select count(*) from pictures where case_id = $1 and message_id = id"
    assert await region.value(own, case) == 1
    page = await page_of(gustav, case)
    assert page.count("Utslaget") >= 2
    assert "Hej" in page
    assert not shown(page)
    assert (await send(gustav, case, [first, second])).status_code == 303
    assert await region.value(_SENT, case) == 2, "once more sends none"


async def test_staff_have_it_on_the_picture_desk_with_who_and_when_and_each_look_is_logged(region: Region) -> None:
    _, karin, case, picture = await sent_one(region, "Utslaget")
    desk = (await karin.get(f"/clinic/cases/{case}")).text
    assert re.search(rf'id="m-{picture}"[^>]*data-by="resident".*?<p class="lj-bubble__text"[^>]*>Utslaget', desk, re.S)
    assert "Gustav Öberg skickade en bild" in desk
    viewer = (await karin.get(f"/clinic/cases/{case}/pictures?show={picture}")).text
    assert "Gustav Öberg" in viewer
    assert "Avsändaren beskriver:" in viewer
    looks = "select count(*) from access_log where case_id = $1 and verb = 'see_picture'"
    first = await region.value(looks, case)
    assert (await karin.get(f"/clinic/cases/{case}/pictures/{picture}?size=thumbnail")).status_code == 200
    assert await region.value(looks, case) == int(str(first)) + 1
    for what in ("archivings", "misplacements"):
        done = await karin.post(f"/clinic/cases/{case}/pictures/{picture}/{what}", {"wanted": "yes"})
        assert done.status_code == 303


async def test_on_the_wrong_patient_it_disappears_from_the_talk_with_what_was_said_of_it(region: Region) -> None:
    gustav, karin, case, picture = await sent_one(region, "Grannens utslag")
    async with gustav.listen(f"/cases/{case}/stream") as his:
        await his.wait_for("hello")
        await karin.post(f"/clinic/cases/{case}/pictures/{picture}/misplacements")
        await his.wait_for("picture_set_aside")
    for page in (await page_of(gustav, case), (await karin.get(f"/clinic/cases/{case}")).text):
        assert "Bilden har tagits bort från ärendet." in page
        assert "Grannens utslag" not in page
        assert f"pictures/{picture}" not in page
    async with gustav.listen(f"/cases/{case}/stream", last_event_id="1") as his:
        *_, html = await his.wait_for("message_sent", "Bilden har tagits bort")
        assert "Grannens" not in html
    book = (await gustav.get(f"/cases/{case}/book")).json()
    assert [(one["text"], one["picture"]) for one in book["messages"]][-1] == ("", None)
    await karin.post(f"/clinic/cases/{case}/pictures/{picture}/misplacements", {"undo": "yes"})
    assert "Grannens utslag" in await page_of(gustav, case)


async def test_what_she_takes_along_has_it_in_its_place(region: Region) -> None:
    gustav, karin, case, picture = await sent_one(region, "Utslaget på armen")
    book = (await gustav.get(f"/cases/{case}/book")).json()
    assert [one["id"] for one in book["pictures"]] == [picture]
    last = book["messages"][-1]
    assert (last["picture"], last["text"], last["name"]) == (picture, "Utslaget på armen", "Gustav Öberg")
    assert all(one["picture"] is None for one in book["messages"][:-1])
    read = Read((await gustav.get(f"/cases/{case}/book.pdf")).content)
    assert "Bild 1: Utslaget på armen" in read.text
    assert len(read.pictures) == 1
    closing = await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice", "drawn_at": "0"})
    assert "Bild: Utslaget på armen" in closing.text, "who closes is told of what she has not seen"
    read_up = {"reason": "advice", "drawn_at": str(await region.value(_COUNTER, case))}
    assert (await karin.post(f"/clinic/cases/{case}/closings", read_up)).status_code == 303
    page = await page_of(gustav, case)
    assert (
        f'src="/cases/{case}/pictures/{picture}/thumbnail"' in markup.unescape(page).split('id="case-pictures"', 1)[0]
    )
    assert (await gustav.get(f"/cases/{case}/pictures/{picture}")).status_code == 200
    assert "Skicka en bild" not in page
    record = (await karin.get(f"/clinic/cases/{case}/record")).text
    assert "Bild: Utslaget på armen" in record


async def test_the_same_upload_twice_and_the_same_sending_twice_are_one_also_at_once(region: Region) -> None:
    gustav, case, upload = await region.resident("gustav"), _held(region), uuid4()
    answers = await asyncio.gather(*(add(gustav, case, photo(), upload=upload) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    (picture,) = shown(await page_of(gustav, case))
    answers = await asyncio.gather(*(send(gustav, case, [picture], "Utslaget") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_SENT, case) == 1
    assert await region.value("select count(*) from messages where id = $1", UUID(picture)) == 1
    late = await add(gustav, case, photo(), upload=upload)
    assert late.status_code == 303, "an upload that was heard of after it was sent is no other picture"
    assert (await region.value(_SENT, case), await region.value(_DRAFTS, case)) == (1, 0)
    await add(gustav, case, photo((0, 90, 0)), upload=upload)
    assert await region.value(_DRAFTS, case) == 1, "another picture is another, whatever the form says"


async def test_before_it_is_sent_it_can_be_taken_away_and_afterwards_not(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo(), photo((0, 90, 0)))
    first, second = shown(await page_of(gustav, case))
    taken = await gustav.post(
        f"/cases/{case}/picture-drafts", {"remove": first, f"about-{first}": "x" * 300, f"about-{second}": "Knät"}
    )
    assert taken.status_code == 303
    page = await page_of(gustav, case)
    assert shown(page) == [second]
    assert 'value="Knät"' in page
    assert (await gustav.get(f"/cases/{case}/picture-drafts/{first}")).status_code == 404
    await send(gustav, case, [second], "Knät")
    for _ in range(2):
        assert (await gustav.post(f"/cases/{case}/picture-drafts", {"remove": second})).status_code == 303
    assert await region.value(_SENT, case) == 1


async def test_only_what_the_form_showed_is_sent(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo())
    seen = shown(await page_of(gustav, case))
    await add(gustav, case, photo((0, 90, 0)))
    await send(gustav, case, seen)
    assert (await region.value(_SENT, case), await region.value(_DRAFTS, case)) == (1, 1)


async def test_without_a_script_a_picture_chosen_when_skicka_is_pressed_goes_along(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo())
    (first,) = shown(await page_of(gustav, case))
    data = {f"about-{first}": "", "upload_id": str(uuid4())}
    answer = await gustav.post(f"/cases/{case}/pictures", data, files=[as_file(photo((0, 90, 0)))])
    assert answer.status_code == 303
    assert await region.value(_SENT, case) == 2
    order = "select array_agg(p.id order by m.seq) = array_agg(p.id order by p.added_at) from pictures p"
    assert await region.value(f"{order} join messages m on m.id = p.message_id where p.case_id = $1", case)


async def test_bad_pictures_and_words_are_told_in_their_place_and_take_nothing_else_with_them(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    answer = await add(gustav, case, bomb(), photo(), photo()[:900], b"%PDF-1.7")
    assert answer.status_code == 422
    for words in ("har för många bildpunkter", "går inte att öppna", "är ingen bild som vi kan läsa"):
        assert words in answer.text, words
    (picture,) = shown(answer.text)
    nothing = await gustav.post(f"/cases/{case}/picture-drafts", {"do": "add"}, files=[as_file(b"", "")])
    assert (nothing.status_code, "Välj först en bild" in nothing.text) == (422, True)
    long = await send(gustav, case, [picture], "x" * 201)
    assert (long.status_code, "Skriv högst 200 tecken om bilden" in long.text) == (422, True)
    assert f'href="#about-{picture}"' in long.text
    assert await region.value(_SENT, case) == 0
    large = await add(gustav, case, photo() + bytes(15_000_001))
    assert (large.status_code, "är större än 15 MB" in large.text) == (422, True)


async def test_a_case_has_room_for_so_many_and_no_more(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await region.site.database.execute(
        "insert into pictures (id, case_id, by_id, display_sealed, thumbnail_sealed, width, height)"
        " select gen_random_uuid(), id, opened_by, 'x', 'x', 640, 480 from cases, generate_series(1, $2) where id = $1",
        case, MOST - 1,
    )  # fmt: skip
    answer = await add(gustav, case, photo(), photo((0, 90, 0)))
    assert (answer.status_code, "Det ryms 10 bilder i ett ärende" in answer.text) == (422, True)
    (picture,) = shown(answer.text)
    await region.site.database.execute(
        "insert into pictures (id, case_id, by_id, display_sealed, thumbnail_sealed, width, height)"
        " select gen_random_uuid(), id, opened_by, 'x', 'x', 640, 480 from cases where id = $1",
        case,
    )
    late = await send(gustav, case, [picture], "Utslaget")
    assert (late.status_code, "Ta bort någon av dem" in late.text) == (422, True)
    assert await region.value(_SENT, case) == 0


async def test_what_is_said_of_it_is_read_for_warning_signs_and_a_picture_without_words_is_not(region: Region) -> None:
    *_, case, _ = await sent_one(region, "")
    await all_read(region)
    assert await heard(region, case, 0) == []
    gustav = await region.resident("gustav")
    await add(gustav, case, photo((0, 90, 0)))
    await send(gustav, case, shown(await page_of(gustav, case)), "Jag har svårt att andas")
    (alarm,) = await heard(region, case, 1)
    assert "andas" in alarm[1]


async def test_a_stranger_another_party_and_staff_neither_see_nor_add_nor_send(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo())
    (picture,) = shown(await page_of(gustav, case))
    amina, karin = await region.resident("amina"), await region.staff("karin", "ankaret")
    for who in (amina, karin):
        answers = [
            await add(who, case, photo()), await send(who, case, [picture]),
            await who.post(f"/cases/{case}/picture-drafts", {"remove": picture}),
            await who.get(f"/cases/{case}/picture-drafts/{picture}"),
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} <= {303, 404}, "who is not signed in here is led to do it"
        if who is amina:
            assert {answer.status_code for answer in answers} == {404}
    other = region.cases["waiting"]
    assert (await gustav.get(f"/cases/{other}/picture-drafts/{picture}")).status_code == 404
    assert (await region.value(_DRAFTS, case), await region.value(_SENT, case)) == (1, 0)
    refused = "select count(*) from access_log where case_id = $1 and verb = 'send_picture' and refused is not null"
    assert int(str(await region.value(refused, case))) >= 3


async def test_a_guardian_sends_for_her_child_until_it_is_grown_and_the_child_does_not_see_what_she_chose(
    region: Region,
) -> None:
    case, astrid = region.cases["child"], await region.resident("astrid")
    await add(astrid, case, photo(), photo((0, 90, 0)))
    first, second = shown(await page_of(astrid, case))
    await send(astrid, case, [first], "Hennes arm")
    bo = await region.staff("bo", "ankaret")
    viewer = (await bo.get(f"/clinic/cases/{case}/pictures?show={first}")).text
    assert "Astrid" in viewer.split("Avsändaren beskriver:", 1)[1]
    child = await region.value("select patient_id from cases where id = $1", case)
    await owner_does(region, f"update residents set birth_on = current_date - interval '14 years' where id = '{child}'")
    await owner_does(region, "update cases set patient_birth_on = current_date - interval '14 years'")
    assert (await add(astrid, case, photo())).status_code == 404
    assert (await send(astrid, case, [second])).status_code == 404
    assert isinstance(child, UUID)
    elsa = await region._sign_in("resident", child, None)
    assert not shown(await page_of(elsa, case))
    assert (await elsa.get(f"/cases/{case}/picture-drafts/{second}")).status_code == 404
    await send(elsa, case, [second])
    assert (await region.value(_SENT, case), await region.value(_DRAFTS, case)) == (1, 1)


@pytest.mark.parametrize("when", ["before", "between"])
async def test_a_case_that_was_closed_takes_none_and_says_so(region: Region, when: str) -> None:
    gustav, karin, case = await region.resident("gustav"), await region.staff("karin", "ankaret"), _held(region)
    ids: list[str] = []
    if when == "between":
        await add(gustav, case, photo())
        ids = shown(await page_of(gustav, case))
    assert (await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice"})).status_code == 303
    answer = await send(gustav, case, ids) if ids else await add(gustav, case, photo())
    assert (answer.status_code, "Ärendet avslutades innan bilden hann skickas." in answer.text) == (409, True)
    assert ("Den finns kvar." in answer.text) == (when == "between")
    assert await region.value(_SENT, case) == 0
    refused = "select refused from access_log where case_id = $1 and verb = 'send_picture' order by at desc limit 1"
    assert await region.value(refused, case) == "wrong_state"


async def test_after_a_reply_that_opens_the_case_again_the_picture_is_there_and_can_be_sent(region: Region) -> None:
    gustav, karin, case = await region.resident("gustav"), await region.staff("karin", "ankaret"), _held(region)
    await add(gustav, case, photo())
    ids = shown(await page_of(gustav, case))
    assert (await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice"})).status_code == 303
    assert "Skicka svaret först." in await page_of(gustav, case)
    assert (await reply(gustav, case)).status_code == 303
    assert shown(await page_of(gustav, case)) == ids
    assert (await send(gustav, case, ids)).status_code == 303
    assert await region.value(_SENT, case) == 1


async def test_in_a_draft_the_intake_is_the_way(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["draft"]
    answer = await add(astrid, case, photo())
    assert (answer.status_code, await region.value(_DRAFTS, case)) == (303, 0)


@pytest.mark.parametrize("kind", ["message_sent", "picture_sent"])
async def test_without_its_event_nothing_is_sent_and_it_is_still_there(region: Region, kind: str) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo())
    ids = shown(await page_of(gustav, case))
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    assert (await send(gustav, case, ids)).status_code == 500
    assert (await region.value(_SENT, case), await region.value(_DRAFTS, case)) == (0, 1)


async def test_it_is_sealed_and_what_nobody_sends_is_erased_after_a_week(region: Region) -> None:
    gustav, case = await region.resident("gustav"), _held(region)
    await add(gustav, case, photo())
    (picture,) = shown(await page_of(gustav, case))
    await gustav.post(f"/cases/{case}/picture-drafts", {f"about-{picture}": "Utslaget"})
    row = await region.site.database.fetch_row("select * from picture_drafts where id = $1", UUID(picture))
    assert row is not None
    assert b"\xff\xd8\xff" not in row["display_sealed"][:32] + row["thumbnail_sealed"][:32]
    assert b"Utslaget" not in row["about_sealed"]
    await erase_unsent(region.site.database, clock.now() + timedelta(days=6))
    assert await region.value(_DRAFTS, case) == 1
    await erase_unsent(region.site.database, clock.now() + timedelta(days=8))
    assert await region.value(_DRAFTS, case) == 0
