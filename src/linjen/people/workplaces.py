"""Arbetsplatser: which of a staff member's assignments lead to care and which to administration."""

from __future__ import annotations

from collections.abc import Iterable

from linjen.people.staff import Workplace

#: Who works with cases. The administrating roles stand beside them, and open no case.
CARE_ROLES = frozenset({"nurse", "physician", "physiotherapist", "counsellor", "medical_secretary"})
ADMIN_ROLES = frozenset({"user_admin", "config_admin", "medical_approver", "unit_manager"})


def care_workplaces(workplaces: Iterable[Workplace]) -> list[Workplace]:
    """Those with a ledger for her, in the given order."""
    return [place for place in workplaces if CARE_ROLES.intersection(place.roles)]


def is_administrator(workplaces: Iterable[Workplace]) -> bool:
    """Whether any assignment is an administrating one."""
    return any(ADMIN_ROLES.intersection(place.roles) for place in workplaces)
