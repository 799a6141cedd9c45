"""Enheter med aviseringar: the browsers in which a resident has asked to be told, and where each of them is reached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.core.connection import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.integrations.push_hosts import check_endpoint
from linjen.integrations.web_push import Subscription, check_keys

#: More devices than a person has; a list that she can still read.
MOST: Final = 5
_LONGEST_KEY: Final = 200


class Kept(msgspec.Struct, frozen=True):
    """What is sealed of a device: how it is reached, and which browser on which system it is (access/devices.py)."""

    to: Subscription
    name: str


class Device(msgspec.Struct, frozen=True):
    """A device as its owner sees it. `mark` is a hash by which the browser itself knows that it is the one."""

    id: UUID
    name: str
    mark: str
    since: datetime


def mark_of(endpoint: str) -> str:
    """What a browser can work out of its own subscription, too."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


async def add_device(
    db: Connection, sealer: Sealer, resident_id: UUID, to: Subscription, name: str, hosts: Sequence[str]
) -> None:
    """Ask for notices in a browser. The same browser once more is the same device, now hers.

    Raises Invalid('subscription'), Refused as check_endpoint, Refused('push_protected') for a protected person and
    Refused('too_many_devices').
    """
    check_endpoint(to.endpoint, hosts)
    if max(len(to.p256dh), len(to.auth)) > _LONGEST_KEY:
        raise Invalid("subscription")
    try:
        check_keys(to)
    except ValueError:
        raise Invalid("subscription") from None
    # Who adds two at once takes turns, so that the limit holds.
    protected = await db.fetchval("select protected from residents where id = $1 for no key update", resident_id)
    if protected == "yes":
        raise Refused("push_protected")
    index = sealer.index("push_device", to.endpoint)
    await db.execute("delete from push_devices where endpoint_index = $1", index)
    if await db.fetchval("select count(*) from push_devices where resident_id = $1", resident_id) >= MOST:
        raise Refused("too_many_devices", most=MOST)
    device_id = new_id()
    sealed = sealer.seal("push_device", msgspec.json.encode(Kept(to, name)), device_id.bytes)
    await db.execute(
        "insert into push_devices (id, resident_id, endpoint_index, subscription_sealed) values ($1, $2, $3, $4)"
        " on conflict (endpoint_index) do nothing",
        device_id, resident_id, index, sealed,
    )  # fmt: skip


async def list_devices(db: Connection, sealer: Sealer, resident_id: UUID) -> list[Device]:
    """Her devices, the newest first."""
    rows = await db.fetch(
        "select id, subscription_sealed, created_at from push_devices where resident_id = $1 order by id desc",
        resident_id,
    )
    found = []
    for row in rows:
        kept = unseal_device(sealer, row["id"], row["subscription_sealed"])
        found.append(Device(row["id"], kept.name, mark_of(kept.to.endpoint), row["created_at"]))
    return found


def unseal_device(sealer: Sealer, device_id: UUID, sealed: bytes) -> Kept:
    """How a device is reached."""
    return msgspec.json.decode(sealer.unseal("push_device", sealed, device_id.bytes), type=Kept)


class Ways(msgspec.Struct, frozen=True):
    """In which ways somebody can be told at all."""

    protected: bool
    phone: bool
    devices: bool


async def find_ways(db: Connection, resident_id: UUID) -> Ways:
    """Whether she has a number, a device, or may not be told. Raises NotFound."""
    row = await db.fetchrow(
        "select protected = 'yes', phone is not null, exists (select from push_devices d where d.resident_id = r.id)"
        " from residents r where id = $1",
        resident_id,
    )
    if row is None:
        raise NotFound("resident")
    return Ways(*row)


async def end_device(db: Connection, resident_id: UUID, device_id: UUID) -> None:
    """One of hers is told no more. What is gone already, or somebody else's, changes nothing."""
    await db.execute("delete from push_devices where id = $1 and resident_id = $2", device_id, resident_id)


async def end_all_devices(db: Connection, resident_id: UUID) -> None:
    """None of hers is told any more."""
    await db.execute("delete from push_devices where resident_id = $1", resident_id)


async def forget_gone(db: Connection, device_id: UUID) -> None:
    """Its push service says that the browser has let go of it."""
    await db.execute("delete from push_devices where id = $1", device_id)
