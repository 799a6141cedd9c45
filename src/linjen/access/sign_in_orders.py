"""Sign-ins under way: one row an attempt, bound to the browser that began it, its secrets sealed, used once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from linjen.access.sessions import hash_token
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.sealing import Sealer

#: How long one asker may keep an order to itself, in seconds: longer than any answer of an outside system can take.
_LEASE_S = 40
#: A finished or forgotten attempt is erased after this long, in seconds.
_KEEP_S = 24 * 3600

Kind = Literal["bankid", "siths"]


class SignInOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `secret` is plain here and sealed in the row; `return_to` is a checked path of our own."""

    id: UUID
    kind: str
    browser_hash: bytes
    secret: bytes
    same_device: bool
    state: str
    hint: str
    person_id: UUID | None
    return_to: str
    begun_at: datetime
    order_begun_at: datetime
    collected_at: datetime | None = None

    @property
    def asked_at(self) -> datetime:
        """When the outside system last said something: at the beginning, or when it was asked. While somebody asks,
        a moment that lies ahead."""
        return self.collected_at or self.order_begun_at

    def is_due(self, every_s: float) -> bool:
        """Whether the outside system may be asked, as the row was when it was read: lease_order has the last word."""
        return self.state == "pending" and self.asked_at <= clock.now() - timedelta(seconds=every_s)

    def is_from(self, browser: str) -> bool:
        """Whether the browser with this cookie began it."""
        return secrets.compare_digest(self.browser_hash, hash_token(browser))

    def __repr__(self) -> str:
        return "<SignInOrder>"


_COLUMNS = (
    "id, kind, browser_hash, secret_sealed, same_device, state, hint, person_id, return_to, begun_at, order_begun_at,"
    " collected_at"
)


def _row_key(order_id: UUID) -> bytes:
    return b"sign_in_orders" + order_id.bytes


def _as_order(sealer: Sealer, row: Row) -> SignInOrder:
    values = dict(row)
    secret = sealer.unseal("sign_in", values.pop("secret_sealed"), _row_key(row["id"]))
    return SignInOrder(secret=secret, **values)


async def begin_order(
    database: Database,
    sealer: Sealer,
    kind: Kind,
    browser: str,
    order_id: UUID,
    secret: bytes,
    *,
    return_to: str,
    same_device: bool = False,
) -> None:
    """Write a new attempt of the browser whose cookie is `browser`."""
    await database.execute(
        "insert into sign_in_orders"
        " (id, browser_hash, kind, secret_sealed, same_device, return_to, begun_at, order_begun_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $7)",
        order_id, hash_token(browser), kind, sealer.seal("sign_in", secret, _row_key(order_id)), same_device,
        return_to, clock.now(),
    )  # fmt: skip


async def find_order(database: Database, sealer: Sealer, order_id: UUID) -> SignInOrder | None:
    """The attempt with this id, whoever asks: ask `is_from` before anything is shown or done."""
    row = await database.fetch_row(f"select {_COLUMNS} from sign_in_orders where id = $1", order_id)
    return _as_order(sealer, row) if row else None


async def find_latest_order(database: Database, sealer: Sealer, kind: Kind, browser: str) -> SignInOrder | None:
    """What the browser began last, in whatever state it is now."""
    row = await database.fetch_row(
        f"select {_COLUMNS} from sign_in_orders where browser_hash = $1 and kind = $2 order by begun_at desc limit 1",
        hash_token(browser), kind,
    )  # fmt: skip
    return _as_order(sealer, row) if row else None


async def lease_order(database: Database, order_id: UUID, every_s: float) -> bool:
    """Whether the caller may ask the outside system now: one asker at a time, and none within `every_s` of the last.

    The order's `collected_at` lies ahead while somebody asks, so that other requests and other nodes leave it alone.
    """
    at = clock.now()
    tag = await database.execute(
        "update sign_in_orders set collected_at = $2 where id = $1 and state = 'pending'"
        " and coalesce(collected_at, order_begun_at) <= $3",
        order_id, at + timedelta(seconds=_LEASE_S - every_s), at - timedelta(seconds=every_s),
    )  # fmt: skip
    return tag == "UPDATE 1"


async def note_hint(database: Database, order_id: UUID, hint: str, asked_at: datetime) -> bool:
    """The order goes on; give it back to the next asker. False when it has ended meanwhile."""
    tag = await database.execute(
        "update sign_in_orders set hint = $2, collected_at = $3 where id = $1 and state = 'pending'",
        order_id, hint, asked_at,
    )  # fmt: skip
    return tag == "UPDATE 1"


async def keep_order(database: Database, order_id: UUID, hint: str, every_s: float) -> datetime | None:
    """The order goes on, and the caller goes on asking; until when nobody else will. None when it has ended meanwhile.

    For who asks again and again while a page is open: it writes only when there is something new or its time runs out.
    """
    until = clock.now() + timedelta(seconds=_LEASE_S)
    kept = await note_hint(database, order_id, hint, until - timedelta(seconds=every_s))
    return until if kept else None


async def renew_order(database: Database, sealer: Sealer, order_id: UUID, secret: bytes) -> None:
    """The outside order was replaced by a new one; the attempt, its browser and its time limit stay."""
    await database.execute(
        "update sign_in_orders set secret_sealed = $2, hint = '', order_begun_at = $3, collected_at = $3"
        " where id = $1 and state = 'pending'",
        order_id, sealer.seal("sign_in", secret, _row_key(order_id)), clock.now(),
    )  # fmt: skip


async def reseal_order(database: Database, sealer: Sealer, order_id: UUID, secret: bytes) -> None:
    """Keep something more about the same attempt."""
    await database.execute(
        "update sign_in_orders set secret_sealed = $2 where id = $1 and state in ('pending', 'complete')",
        order_id, sealer.seal("sign_in", secret, _row_key(order_id)),
    )  # fmt: skip


async def complete_order(database: Database, order_id: UUID, person_id: UUID) -> bool:
    """The outside system has said who it is; False when the attempt has ended meanwhile."""
    tag = await database.execute(
        "update sign_in_orders set state = 'complete', hint = '', person_id = $2 where id = $1 and state = 'pending'",
        order_id, person_id,
    )  # fmt: skip
    return tag == "UPDATE 1"


async def fail_order(database: Database, order_id: UUID, hint: str) -> bool:
    """End the attempt with the reason that its page puts into words; False when it had ended already."""
    tag = await database.execute(
        "update sign_in_orders set state = 'failed', hint = $2, person_id = null"
        " where id = $1 and state in ('pending', 'complete')",
        order_id, hint,
    )  # fmt: skip
    return tag == "UPDATE 1"


async def use_order(db: Connection, order_id: UUID, state: Literal["pending", "complete"] = "complete") -> bool:
    """Turn the attempt into something, once: only one caller is ever answered True."""
    tag = await db.execute("update sign_in_orders set state = 'used' where id = $1 and state = $2", order_id, state)
    return str(tag) == "UPDATE 1"


async def sweep_sign_in_orders(database: Database) -> None:
    """Erase attempts that are over a day old."""
    await database.execute("delete from sign_in_orders where begun_at < $1", clock.now() - timedelta(seconds=_KEEP_S))
