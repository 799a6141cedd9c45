"""SMS i ord: how the page of a case tells what became of an SMS, and what of a silence."""

from __future__ import annotations

from datetime import date

from linjen.cases.timeline import Happening
from linjen.core.swedish import date_words
from linjen.web.exchange import Exchange
from linjen.web.words import has_word


def reason_words(exchange: Exchange, reason: str) -> str:
    """Why an SMS did not arrive, '' where the reason tells staff nothing."""
    return exchange.say(f"notices.reasons.{reason}") if has_word("sv", f"notices.reasons.{reason}") else ""


def notice_sentence(exchange: Exchange, one: Happening) -> str | None:
    """The timeline's sentence for an event that has to do with SMS silence or an alarm; None for any other."""
    by, data = one.by_name or exchange.say("clinic.events.system"), one.data
    if one.kind == "sms_told":
        kind, why = exchange.say(f"notices.kinds.{data['kind']}"), reason_words(exchange, data["reason"])
        return exchange.say(f"notices.told.{data['state']}", kind=kind, reason=why).strip()
    if one.kind == "sms_settled":
        kind = exchange.say(f"notices.kinds.{data['kind']}")
        return exchange.say(f"notices.told.settled_{data['how']}", by=by, kind=kind)
    if one.kind == "reminded":
        return exchange.say(f"notices.told.reminded{'_own' if data.get('own_text') else ''}", by=by)
    if one.kind == "kept":
        return exchange.say("notices.told.kept", by=by, until=date_words(date.fromisoformat(data["until"])))
    if one.kind == "went_unmet":
        key = "nobody" if data["step"] == 2 and not data["managers"] else data["step"]
        return exchange.say(f"notices.told.unmet_{key}", minutes=data["minutes"])
    return exchange.say("notices.told.fell_silent") if one.kind == "fell_silent" else None
