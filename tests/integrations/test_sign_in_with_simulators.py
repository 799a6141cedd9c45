"""The order page over the real wire: every hint code of BankID has its text on the page, in both languages."""

from __future__ import annotations

import pytest

from linjen.core import metrics
from linjen.integrations.bankid_messages import FAILED_HINTS, PENDING_HINTS, message_key
from linjen.web import rate
from linjen.web.words import say
from tests.stories.sign_in_world import World, number

UNHEARD_OF = ("somethingNewInTheApp", "somethingNewThatFailed")


async def _shown(world: World, device: str, language: str, hint: str, status: str) -> str:
    """What the order page shows after BankID has said so."""
    rate.forget()
    browser = world.browser()
    browser.cookies["linjen-language"] = language
    order = await world.begin(browser, device)
    if hint == "startFailed":  # it is renewed in silence for three minutes
        while (state := await world.state(browser, order, 31))["status"] == "pending":
            pass
    else:
        await world.tap("/hint", hint=hint, status=status, order=world.bankid.orders.open_orders()[0].handle)
        state = await world.state(browser, order)
    assert state["status"] == status
    await browser.get(order)
    if status == "pending":
        assert state["text"] in browser.text()
        await browser.submit(f"{order}/cancel")
    return browser.text() if status == "failed" else state["text"]


@pytest.mark.parametrize(("device", "language"), [("other", "sv"), ("same", "en")])
async def test_every_hint_has_its_text_on_the_page(world: World, device: str, language: str) -> None:
    for status, hints in (
        ("pending", (*PENDING_HINTS, UNHEARD_OF[0])), ("failed", (*FAILED_HINTS, UNHEARD_OF[1])),
    ):  # fmt: skip
        for hint in hints:
            words = say(language, message_key(status, hint, device == "same", False))
            assert words in await _shown(world, device, language, hint, status), hint


async def test_sign_ins_are_counted_by_outcome_and_hint(world: World) -> None:
    before = _counts()
    await world.sign_in("gustav")
    await _shown(world, "other", "sv", "userCancel", "failed")
    await _shown(world, "other", "sv", UNHEARD_OF[1], "failed")
    browser = world.browser()
    order = await world.begin(browser)
    await world.tap("/scan", person=number("elsa"))
    await world.tap("/sign")
    await world.state(browser, order)
    await world.staff("Okänd Ny")
    await world.staff("Karin Lindqvist")
    after = _counts()
    assert {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)} == {
        ("bankid", "completed", ""): 1, ("bankid", "cancelled", "userCancel"): 1, ("bankid", "failed", "other"): 1,
        ("bankid", "refused", "too_young"): 1, ("staff", "refused", "unknown_staff"): 1, ("staff", "completed", ""): 1,
    }  # fmt: skip


def _counts() -> dict[tuple[str, str, str], float]:
    return {
        (sample.labels["method"], sample.labels["outcome"], sample.labels["hint"]): sample.value
        for family in metrics.SIGN_INS.collect() for sample in family.samples if sample.name.endswith("_total")
    }  # fmt: skip
