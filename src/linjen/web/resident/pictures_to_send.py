"""Bilder som inte är skickade än: what the talk's page shows of them to who chose them, and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linjen.cases.loading import Case
from linjen.core.database import Connection
from linjen.core.ids import new_id
from linjen.media.pictures import LONGEST_ABOUT, MOST, count_there
from linjen.media.send_picture import list_unsent
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.sheet import Fault


async def read_to_send(
    db: Connection, exchange: Exchange, case: Case, faults: Sequence[Fault] = ()
) -> dict[str, Any]:  # fmt: skip
    """What the form of resident/send_picture.html holds, with the words of each fault by its field."""
    unsent = await list_unsent(db, exchange.site.sealer, exchange.by, case.id)
    return {
        "pictures": [
            {"id": str(one.id), "about": one.about, "href": f"/cases/{case.id}/picture-drafts/{one.id}",
             "name": exchange.say("chat.picture_number", number=number)}
            for number, one in enumerate(unsent, 1)
        ],
        "left": max(0, MOST - await count_there(db, case.id) - len(unsent)), "most": MOST,
        "longest_about": LONGEST_ABOUT, "upload_id": str(new_id()),
        "errors": {one.field: one.text for one in reversed(faults)},
    }  # fmt: skip
