"""Every route declares its verb and who may come; a verb on a case stands in the policy."""

from __future__ import annotations

import re

from linjen.access.policy import PATIENT_VERBS, REGION_VERBS, TICKET_VERBS, UNIT_VERBS, VERBS
from linjen.web.hot import ROUTES
from linjen.web.pages import all_pages

#: Verbs that are not done to one case: they need no row in the policy table.
_WITHOUT_CASE = {
    "see_openings",
    "public", "health", "metrics", "sign_in", "sign_out", "session", "language", "home", "list", "profile", "support",
    "ledger", "choose_unit", "unlock", "start_case", "parts", "staff_sign_in", "enter_clinic", "stay", "lock",
    "choose_language", "sms_report", "failed_sms", "silent", "tickets", "search_patient",
    "attestations", "to_document", "mentions", "corrections", "calls",
}  # fmt: skip


def _declared() -> list[tuple[str, str, str, str]]:
    """(method, path, verb, who) of every route in the program."""
    found = [tuple(route) for route in ROUTES]
    for handler in all_pages():
        assert handler.opt.get("verb"), f"{handler.paths} declares no verb"
        assert handler.opt.get("who") in {"anyone", "resident", "staff"}, f"{handler.paths} says not who may come"
        for path in handler.paths:
            for method in handler.http_methods:
                found.append((str(method), path, handler.opt["verb"], handler.opt["who"]))
    return found  # type: ignore[return-value]


def test_every_route_declares_a_known_verb_and_who_may_come() -> None:
    routes = _declared()
    assert len(routes) > 30
    for method, path, verb, who in routes:
        administrating = verb in UNIT_VERBS or verb in REGION_VERBS
        of_one = verb in VERBS or verb in PATIENT_VERBS or verb in TICKET_VERBS
        assert of_one or administrating or verb in _WITHOUT_CASE, (method, path, verb)
        if "{ticket_id" in path:
            assert verb in TICKET_VERBS, f"{method} {path} is about a ticket, so its verb must be in the policy: {verb}"
            assert who != "anyone", f"{method} {path} is about a ticket and open to anyone"
        if path.startswith("/manage"):
            assert administrating, f"{method} {path} is administration, so its verb must stand in the policy: {verb}"
        if "{case_id" in path:
            assert verb in VERBS, f"{method} {path} is about a case, so its verb must stand in the policy: {verb}"
            assert who != "anyone", f"{method} {path} is about a case and open to anyone"
        if "{patient_id" in path:
            assert verb in PATIENT_VERBS, f"{method} {path} is about a patient, so its verb must stand in the policy"


def test_staff_pages_are_for_staff_and_other_pages_are_not() -> None:
    open_to_all = re.compile(r"/clinic(/sign-in.*)?|/clinic/sign-out|/manage/?")
    for method, path, _, who in _declared():
        if path.startswith(("/clinic", "/manage")) and not open_to_all.fullmatch(path):
            assert who == "staff", (method, path)
        if not path.startswith(("/clinic", "/manage")):
            assert who != "staff", (method, path)


def test_no_address_holds_a_personal_number() -> None:
    for _, path, _, _ in _declared():
        assert not re.search(r"number|personnummer|pnr", path), path
