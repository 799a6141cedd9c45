"""En fras med ett fält kvar att fylla i: refused in every form that says something to a patient, and the text stays."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest

from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Region

_MESSAGES = "select (select count(*) from messages where by_kind = 'staff') + (select count(*) from sms_texts)"
_DAY = (clock.local_date(clock.now()) + timedelta(days=3)).isoformat()


def _booking(**more: str) -> dict[str, str]:
    who = f"nurse/{id_of('staff/karin')}"
    return {"kind": "scheduled_free", "on": _DAY, "who": who, "entry": "admin", "made_id": str(uuid4()), **more}


def _ticket(**more: str) -> dict[str, str]:
    return {"to": str(id_of("unit/bjorken")), "kind": "drop_in", "last_on": _DAY, "step": "preview", **more}


#: Where it is sent ({} for the case or the patient), what else the form holds, and the box of the text.
_FORMS = {
    "asynchronous": ("/clinic/cases/{case}/asynchronous", {"days": "3"}, "tell"),
    "handover": ("/clinic/cases/{case}/handovers", {"to": f"{id_of('unit/ankaret')}/nurse"}, "tell"),
    "signpost": ("/clinic/cases/{case}/signposts", {"unit": ""}, "text"),
    "booking": ("/clinic/cases/{case}/bookings", _booking(), "tell"),
    "ticket": ("/clinic/cases/{case}/tickets", _ticket(), "tell"),
    "ticket_history": ("/clinic/cases/{case}/tickets", _ticket(tell="Hej."), "history"),
    "ticket_note": ("/clinic/cases/{case}/tickets", _ticket(tell="Hej."), "note"),
    "action": ("/clinic/cases/{case}/actions", {"kind": "advice", "action_id": str(uuid4())}, "text"),
    "message": ("/clinic/cases/{case}/messages", {"message_id": str(uuid4())}, "text"),
    "patient_booking": ("/clinic/patients/{patient}/bookings", _booking(), "tell"),
    "outreach": (
        "/clinic/patients/{patient}/asynchronous",
        {"entry": "admin", "days": "3", "level": "5", "hold": "me", "do": "send", "case_id": str(uuid4())}, "text",
    ),
    "leaving": ("/clinic/leaving", {"do-{case}": "async"}, "tell-{case}"),
    "leaving_queue": ("/clinic/leaving", {"do-{case}": "queue"}, "tell-{case}"),
}  # fmt: skip


@pytest.mark.parametrize("text", ["Hej [namn]!", "Ring [ Telefon ] på [dag]."])
@pytest.mark.parametrize("form", _FORMS)
async def test_it_is_not_sent_and_what_was_typed_stays(region: Region, form: str, text: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    values = {"case": case_id, "patient": region.actors.residents["gustav"]}
    path, fields, box = _FORMS[form]
    filled = {name.format(**values): value for name, value in fields.items()} | {box.format(**values): text}
    before = await region.value(_MESSAGES)
    answer = await karin.post(path.format(**values), filled)
    page = unescape(answer.text)
    assert (answer.status_code, await region.value(_MESSAGES)) == (422, before)
    assert text in page, "what was typed stays"
    assert "Fyll i [" in page or "Fyll i det som står inom hakparenteser" in page
    assert await region.value(
        "select state from visits v join cases c on c.visit_id = v.id where c.id = $1", case_id
    ) == ("in_progress")


@pytest.mark.parametrize("text", ["Vi ses på [enhet].", "Kl. [tid]"])
async def test_a_page_that_fills_in_a_place_itself_does_so(region: Region, text: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    if "[tid]" in text:
        answer = await karin.post(f"/clinic/cases/{case_id}/bookings", _booking(tell=text))
    else:
        form = {"unit": str(id_of("unit/bjorken")), "text": text}
        answer = await karin.post(f"/clinic/cases/{case_id}/signposts", form)
    assert answer.status_code == 303
