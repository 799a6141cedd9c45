"""Many nurses at one unit, for races: Karin and Bo have colleagues when it gets crowded."""

from __future__ import annotations

from linjen.demo.world import id_of
from tests.region import Person, Region


async def make_nurses(region: Region, count: int, unit: str = "ankaret") -> list[Person]:
    """So many signed-in nurses named Sköterska Nr1, Nr2 … with an assignment at the unit."""
    for number in range(1, count + 1):
        key = f"nurse-{number}"
        await region.site.database.execute(
            "insert into staff (id, hsa_id, given_name, surname, title)"
            " values ($1, $2, 'Sköterska', $3, 'Sjuksköterska')",
            id_of(f"staff/{key}"), f"SE5599990011-9{number:03}", f"Nr{number}",
        )  # fmt: skip
        await region.site.database.execute(
            "insert into assignments (id, staff_id, unit_id, role, from_at)"
            " values ($1, $2, $3, 'nurse', now() - interval '1 day')",
            id_of(f"assignment/{key}"), id_of(f"staff/{key}"), id_of(f"unit/{unit}"),
        )  # fmt: skip
    return [await region.staff(f"nurse-{number}", unit) for number in range(1, count + 1)]
