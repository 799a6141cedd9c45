"""What every page can reach: settings, database, sealing, outside systems and the hub, made once by the roof."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping

from linjen.cases.intake.answers import Answer
from linjen.cases.talk.drafts import Typed
from linjen.cases.talk.message import Sending, Sent
from linjen.cases.talk.reading import Read, Reading
from linjen.core.database import Database
from linjen.core.sealing import Sealer
from linjen.core.settings import Settings
from linjen.core.writer import GroupWriter
from linjen.integrations.bankid import BankID
from linjen.integrations.listing import Listing
from linjen.integrations.person_data import PersonData
from linjen.integrations.siths import Siths
from linjen.integrations.sms import Gateway
from linjen.integrations.web_push import WebPush
from linjen.triage.own_words.listening import Listener
from linjen.triage.shelf import Shelf
from linjen.triage.trials.trying import Trier
from linjen.web.faces import Faces
from linjen.web.live import Hub
from linjen.web.manage.triage.trials import Trials
from linjen.web.presence import Presence


@dataclasses.dataclass
class Site:
    """One running program's parts. Outside systems are None where they are not configured."""

    settings: Settings
    database: Database
    sealer: Sealer
    hub: Hub
    messages: GroupWriter[Sending, Sent]
    reads: GroupWriter[Reading, Read]
    drafts: GroupWriter[Typed, None]
    answers: GroupWriter[Answer, bool]
    faces: Faces
    shelf: Shelf
    presence: Presence
    listener: Listener = dataclasses.field(default_factory=Listener)
    trier: Trier = dataclasses.field(default_factory=Trier)
    trials: Trials = dataclasses.field(default_factory=Trials)
    bankid: BankID | None = None
    siths: Siths | None = None
    person_data: PersonData | None = None
    listing: Listing | None = None
    sms: Gateway | None = None
    push: WebPush | None = None
    #: What to call when the program stops: the clients' connections.
    closing: list[Callable[[], Awaitable[None]]] = dataclasses.field(default_factory=list)
    #: Addresses of the demo's simulators, shown as links; empty outside the demo.
    demo_links: Mapping[str, str] = dataclasses.field(default_factory=dict)
