"""Tangenter: each staff member has her own, on the server; they can be changed, switched off and put back."""

from __future__ import annotations

from linjen.web.clinic.desk.keys import ACTIONS
from tests.region import Person, Region


async def _save(person: Person, **more: str) -> int:
    fields = {f"key_{one.name}": one.keys for one in ACTIONS} | {"single_keys": "yes"} | more
    return (await person.post("/clinic/keys", fields)).status_code


async def test_they_are_listed_on_every_page_and_changed_on_one_of_their_own(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    for path in ("/clinic/ledger", f"/clinic/cases/{region.cases['waiting']}", "/clinic/patients", "/clinic/phrases"):
        page = (await karin.get(path)).text
        assert 'id="keys-help"' in page, path
        assert "Nästa: ta emot det ärende som står först" in page
    assert await _save(karin, key_next="ö") == 303
    assert "[&#34;ö&#34;,&#34;next&#34;" in (await karin.get("/clinic/ledger")).text
    assert 'value="ö"' in (await karin.get("/clinic/keys")).text
    assert "&#34;ö&#34;" not in (await bo.get("/clinic/ledger")).text, "nobody else's"
    assert (await karin.post("/clinic/keys", {"usual": "yes"})).status_code == 303
    assert "&#34;ö&#34;" not in (await karin.get("/clinic/ledger")).text


async def test_keys_of_one_character_can_be_switched_off(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert 'data-single="1"' in (await karin.get("/clinic/ledger")).text
    assert await _save(karin, single_keys="") == 303
    assert 'data-single="0"' in (await karin.get("/clinic/ledger")).text


async def test_a_key_that_is_taken_is_told_at_its_field_and_nothing_is_kept(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    fields = {f"key_{one.name}": one.keys for one in ACTIONS} | {"single_keys": "yes", "key_next": "j"}
    page = await karin.post("/clinic/keys", fields)
    assert page.status_code == 422
    assert "Tangenten hör redan till en annan åtgärd" in page.text
    assert 'value="j"' in page.text, "what was typed is not lost"
    assert await region.value("select count(*) from staff_desks") == 0
    assert await _save(karin, key_next="hello") == 422


async def test_an_attestation_a_tenth_tab_and_the_way_out_have_keys_too(region: Region) -> None:
    page = (await (await region.staff("karin", "ankaret")).get("/clinic/ledger")).text
    for key, name in (("v 0", "view_10"), ("g u", "sign_out"), ("a w", "attest_forward"), ("a t", "attest_withdraw")):
        assert f"[&#34;{key}&#34;,&#34;{name}&#34;" in page
