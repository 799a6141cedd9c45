"""The seeded region: invented people and units, used by the demo and by all tests.

Nobody here exists. Birth dates are relative to the clock, so that Elsa is always nine. HSA-ids and personal numbers
have the right form and check digits; the phone numbers belong to the series set aside for fiction.
"""

from __future__ import annotations

from datetime import date, time
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.personal_number import PersonalNumber, personnummer_for
from linjen.core.sealing import Sealer
from linjen.demo.phrases import seed_phrases
from linjen.people.guardians import set_children
from linjen.people.residents import register

REGION = "Region Exempel"


def id_of(name: str) -> UUID:
    """The fixed id of a named thing in the region, for example 'unit/ankaret'."""
    return uuid5(NAMESPACE_URL, f"linjen-demo/{name}")


class SeedUnit(msgspec.Struct, frozen=True):
    """A unit of the region."""

    key: str
    provider: str
    hsa_id: str
    name: str
    kind: str
    phone: str
    takes_residents: bool = True


class SeedStaff(msgspec.Struct, frozen=True):
    """A staff member with (unit, role, ended?) assignments."""

    key: str
    hsa_id: str
    given_name: str
    surname: str
    title: str
    assignments: tuple[tuple[str, str, bool], ...]
    description: str = ""
    phone: str | None = None


class SeedResident(msgspec.Struct, frozen=True):
    """A resident: age in years and months, the unit she is registered at, her children's keys."""

    key: str
    given_name: str
    surname: str
    years: int
    serial: int
    months: int = 0
    registered: str = ""
    children: tuple[str, ...] = ()
    protected: bool = False
    description: str = ""


PROVIDERS = {
    "region": ("SE5599990011-0001", "Region Exempel Primärvård"),
    "lyktan": ("SE5599990029-0001", "Lyktan Vård AB"),
}

UNITS = (
    SeedUnit("ankaret", "region", "SE5599990011-A001", "Hälsocentralen Ankaret", "health_centre", "070-174 06 11"),
    SeedUnit("bjorken", "region", "SE5599990011-B001", "Hälsocentralen Björken", "health_centre", "070-174 06 12"),
    SeedUnit("lyktan", "lyktan", "SE5599990029-L001", "Hälsocentralen Lyktan", "health_centre", "070-174 06 13"),
    SeedUnit("rehab", "region", "SE5599990011-R001", "Rehabenheten Exempel", "rehab", "070-174 06 14", False),
)

STAFF = (
    SeedStaff(
        "karin", "SE5599990011-1001", "Karin", "Lindqvist", "Sjuksköterska", (("ankaret", "nurse", False),),
        "Sjuksköterska på Hälsocentralen Ankaret. Börja här.",
    ),
    SeedStaff(
        "bo", "SE5599990011-1002", "Bo", "Hellström", "Sjuksköterska", (("ankaret", "nurse", False),),
        "Karins kollega. Öppna honom i ett annat fönster och se två arbeta i samma patientliggare.",
    ),
    SeedStaff(
        "sara", "SE5599990011-1003", "Sara", "Ahmadi", "Läkare", (("ankaret", "physician", False),),
        "Läkare på Hälsocentralen Ankaret.",
    ),
    SeedStaff(
        "mona", "SE5599990011-1004", "Mona", "Berg", "Medicinsk sekreterare",
        (("ankaret", "medical_secretary", False),), "Medicinsk sekreterare: ser de administrativa frågorna.",
    ),
    SeedStaff(
        "ulf", "SE5599990011-1005", "Ulf", "Dahl", "Sjuksköterska", (("bjorken", "nurse", False),),
        "Sjuksköterska på en annan enhet hos samma vårdgivare. Öppna Frida Alms ärende: där finns spärrade uppgifter.",
    ),
    SeedStaff(
        "lena", "SE5599990029-1001", "Lena", "Falk", "Sjuksköterska", (("lyktan", "nurse", False),),
        "Sjuksköterska hos en annan vårdgivare.",
    ),
    SeedStaff(
        "fadime", "SE5599990011-1006", "Fadime", "Yilmaz", "Fysioterapeut", (("rehab", "physiotherapist", False),),
        "Fysioterapeut på rehabenheten.",
    ),
    SeedStaff(
        "maja", "SE5599990011-1007", "Maja", "Ek", "Användaradministratör", (("ankaret", "user_admin", False),),
        "Administrerar användare. Har ingen tillgång till ärenden.",
    ),
    SeedStaff(
        "disa", "SE5599990011-1010", "Disa", "Holm", "Konfigurationsadministratör",
        (("ankaret", "config_admin", False),), "Ställer in enheten. Har ingen tillgång till ärenden eller användare.",
    ),
    SeedStaff(
        "eva", "SE5599990011-1011", "Eva", "Rask", "Medicinskt ansvarig läkare",
        (("ankaret", "medical_approver", False),), "Godkänner triagens innehåll. Har ingen tillgång till ärenden.",
    ),
    SeedStaff(
        "pelle", "SE5599990011-1012", "Pelle", "Lund", "Konfigurationsadministratör",
        (("bjorken", "config_admin", False),), "Ställer in enheten. Ser triagens innehåll men ändrar det inte.",
    ),
    SeedStaff(
        "gunvor", "SE5599990011-1013", "Gunvor", "Sjö", "Verksamhetschef", (("ankaret", "unit_manager", False),),
        "Leder Hälsocentralen Ankaret: får veta när det blir för mycket. Har ingen tillgång till ärenden.",
        phone="+46701740699",
    ),
    SeedStaff(
        "ivar", "SE5599990011-1008", "Ivar", "Norén", "Sjuksköterska", (("ankaret", "nurse", True),),
        "Har slutat på Ankaret: kortet fungerar, men ingen enhet öppnas.",
    ),
    SeedStaff(
        "petra", "SE5599990011-1009", "Petra", "Sund", "Sjuksköterska",
        (("ankaret", "nurse", False), ("bjorken", "nurse", False)),
        "Arbetar på två enheter och väljer vilken vid inloggningen.",
    ),
)  # fmt: skip

RESIDENTS: tuple[SeedResident, ...] = (
    SeedResident("astrid", "Astrid", "Nyberg", 38, 238, registered="ankaret", children=("elsa", "nils", "vera"),
                 description="38 år, listad på Ankaret. Mamma till Elsa, Nils och Vera."),
    SeedResident("elsa", "Elsa", "Nyberg", 9, 902, registered="ankaret", description="9 år. Astrid skriver åt henne."),
    SeedResident("nils", "Nils", "Nyberg", 15, 151, registered="ankaret",
                 description="15 år. Loggar in själv."),
    SeedResident("vera", "Vera", "Nyberg", 0, 104, months=7, registered="ankaret"),
    SeedResident("henrik", "Henrik", "Nyberg", 41, 411, registered="bjorken", children=("elsa", "nils", "vera"),
                 description="41 år. Barnens andra vårdnadshavare, listad på Björken."),
    SeedResident("gustav", "Gustav", "Öberg", 67, 673, registered="ankaret",
                 description="67 år, listad på Ankaret. Har sagt ja till att vården hör av sig."),
    SeedResident("amina", "Amina", "Warsame", 29, 296, description="29 år, inte listad: väljer hälsocentral själv."),
    SeedResident("olle", "Olle", "Ström", 54, 545, registered="lyktan", description="54 år, listad på Lyktan."),
    SeedResident("ylva", "Ylva", "Ängström", 45, 454, registered="ankaret", protected=True,
                 description="45 år, skyddade personuppgifter."),
    SeedResident("ingrid", "Ingrid", "Åkesson", 82, 826, registered="ankaret", description="82 år, listad på Ankaret."),
)  # fmt: skip

#: Those who write in when the demo is lively: name, age, serial number and where they are registered.
LIVELY = (
    ("Selma", "Lund", 24, 242, "ankaret"), ("Tage", "Holm", 58, 583, "ankaret"), ("Rut", "Engman", 47, 474, "ankaret"),
    ("Valter", "Ros", 36, 363, "ankaret"), ("Nadja", "Falk", 31, 312, "ankaret"),
    ("Edvin", "Strand", 71, 713, "ankaret"), ("Siv", "Molin", 66, 664, "ankaret"), ("Joel", "Sand", 22, 223, "ankaret"),
)  # fmt: skip

RESIDENTS += tuple(
    SeedResident(f"lively_{given.lower()}", given, surname, years, serial, registered=unit)
    for given, surname, years, serial, unit in LIVELY
)
RESIDENTS += (
    SeedResident("frida", "Frida", "Alm", 52, 524, registered="bjorken",
                 description="52 år, listad på Björken. Har spärrat det som Ankaret har skrivit."),
)  # fmt: skip

#: What a unit lets others choose on a ticket: the rehab unit's "fysioterapeut", whichever profession then receives.
RESOURCES = (("rehab", "physiotherapist"),)

#: An invented example of a unit's own table of what goes where; no clinician has looked at it.
REFERRALS = (
    ("ankaret", "Ont i ryggen utan röda flaggor", "Rehabenheten, fysioterapeut", "Även vid utstrålning till ett ben"),
    ("ankaret", "Ont i axel, knä eller höft", "Rehabenheten, fysioterapeut", "Efter olycka: bedöm först här"),
    ("ankaret", "Stukad fot som går att belasta", "Rehabenheten, fysioterapeut", ""),
    ("ankaret", "Yrsel när huvudet vänds", "Rehabenheten, fysioterapeut", "Nytillkommen svår yrsel: läkare"),
    ("ankaret", "Domningar i underliv, svårt att kissa", "Läkare genast", "Aldrig till rehab"),
)

_CENTRE_WEEK = [(day, time(8), time(16)) for day in range(4)] + [(4, time(8), time(14, 30))]
_REHAB_WEEK = [(day, time(10), time(12)) for day in range(5)]


def birth_of(resident: SeedResident, today: date) -> date:
    """A birth date that gives the age: so many years and months ago, and some days."""
    months = today.year * 12 + today.month - 1 - resident.years * 12 - resident.months
    day = min(today.day, 28)
    born = date(months // 12, months % 12 + 1, day)
    spread = resident.serial % 20
    return born if spread == 0 or born.day - spread < 1 else born.replace(day=born.day - spread)


def number_of(key: str) -> PersonalNumber:
    """The personal number of a resident by key."""
    resident = next(r for r in RESIDENTS if r.key == key)
    return personnummer_for(birth_of(resident, clock.local_date(clock.now())), resident.serial)


async def seed(db: Connection, sealer: Sealer) -> None:
    """Write providers, units, staff and residents into an empty database, in the caller's transaction."""
    await _seed_units(db)
    await _seed_staff(db)
    await seed_phrases(db)
    ids = {}
    for place, resident in enumerate(RESIDENTS):
        number = number_of(resident.key)
        protected = "yes" if resident.protected else "no"
        one = await register(db, sealer, number, resident.given_name, resident.surname, protected=protected)
        await db.execute(
            "update residents set phone = $2, first_signed_in_at = now() where id = $1",
            one.id,
            f"+46701740{620 + place if place else 605}",
        )
        ids[resident.key] = one.id
    for resident in RESIDENTS:
        if resident.children:
            await set_children(db, ids[resident.key], [ids[child] for child in resident.children])


async def _seed_units(db: Connection) -> None:
    for key, (hsa_id, name) in PROVIDERS.items():
        await db.execute("insert into care_providers values ($1, $2, $3)", id_of(f"provider/{key}"), hsa_id, name)
    for unit in UNITS:
        await db.execute(
            "insert into units (id, provider_id, hsa_id, name, kind, phone, takes_residents)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            id_of(f"unit/{unit.key}"), id_of(f"provider/{unit.provider}"), unit.hsa_id, unit.name, unit.kind,
            unit.phone, unit.takes_residents,
        )  # fmt: skip
        for weekday, opens, closes in _REHAB_WEEK if unit.kind == "rehab" else _CENTRE_WEEK:
            await db.execute(
                "insert into opening_hours values ($1, $2, $3, $4)", id_of(f"unit/{unit.key}"), weekday, opens, closes
            )
    for place, (key, complaint, goes_to, remark) in enumerate(REFERRALS, 1):
        await db.execute(
            "insert into referrals values ($1, $2, $3, $4, $5)", id_of(f"unit/{key}"), place, complaint, goes_to, remark
        )
    for key, role in RESOURCES:
        await db.execute("insert into unit_resources values ($1, $2)", id_of(f"unit/{key}"), role)


async def _seed_staff(db: Connection) -> None:
    for person in STAFF:
        staff_id = id_of(f"staff/{person.key}")
        await db.execute(
            "insert into staff (id, hsa_id, given_name, surname, title, phone) values ($1, $2, $3, $4, $5, $6)",
            staff_id, person.hsa_id, person.given_name, person.surname, person.title, person.phone,
        )  # fmt: skip
        for unit, role, ended in person.assignments:
            await db.execute(
                "insert into assignments (id, staff_id, unit_id, role, from_at, ended_at) values"
                " ($1, $2, $3, $4, now() - interval '90 days', case when $5 then now() - interval '1 day' end)",
                id_of(f"assignment/{person.key}/{unit}/{role}"), staff_id, id_of(f"unit/{unit}"), role, ended,
            )  # fmt: skip


def service_records(today: date) -> dict[str, list[dict[str, object]]]:
    """What the national services know of the residents, in the form that their simulator reads."""
    numbers = {r.key: personnummer_for(birth_of(r, today), r.serial).canonical for r in RESIDENTS}
    units = {unit.key: unit for unit in UNITS}
    return {
        "persons": [
            {"number": numbers[r.key], "given_name": r.given_name, "surname": r.surname, "protected": r.protected}
            for r in RESIDENTS
        ],
        "custody": [{"child": numbers[child], "guardian": numbers[r.key]} for r in RESIDENTS for child in r.children],
        "listings": [
            {"number": numbers[r.key], "unit": units[r.registered].hsa_id, "unit_name": units[r.registered].name}
            for r in RESIDENTS
            if r.registered
        ],
    }
