"""A message in words where its picture is not shown: in files, in the note for the record, in what came meanwhile."""

from __future__ import annotations

from linjen.cases.talk.message import Message
from linjen.web.exchange import Exchange


def said_words(exchange: Exchange, one: Message, number: int = 0) -> str:
    """The text of a message; of a picture that it is one, its `number` where that is known, and what it shows."""
    if not one.is_picture:
        return one.text
    if one.picture is None:
        return exchange.say("chat.picture_gone")
    name = exchange.say("chat.picture_number", number=number) if number else exchange.say("chat.picture")
    return f"{name}: {one.text}" if one.text else name
