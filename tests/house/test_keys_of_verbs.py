"""Every verb of the clinic has a key: what a form does or a link opens is pressed by one, or says here why not."""

from __future__ import annotations

import re
from pathlib import Path

from linjen.web.clinic.desk.keys import ACTIONS
from linjen.web.pages import all_pages

_WEB = Path(__file__).parents[2] / "src/linjen/web"

#: Why a route needs no key of its own. Anything else must be in the table of keys.
_WITHOUT = {
    # what happens by itself, or by the page's script
    "/clinic/alive": "the page says that somebody is there",
    "/clinic/phrase-list": "read by the panel of phrases",
    "/clinic/phrases/{}/uses": "counted by the panel of phrases",
    "/clinic/ledger/names": "read by the search",
    "/clinic/cases/{}/reads": "the page says what it has shown",
    "/clinic/cases/{}/typing": "the page says that she writes",
    "/clinic/cases/{}/drafts": "kept by itself",
    "/clinic/chats": "the strip of chats, drawn anew",
    "/clinic/cases/{}/copies": "the log of what is copied; the text is opened by its key",
    # where nobody is signed in yet, or nothing else can be done on the page
    "/clinic/locked": "one form alone on its page",
    "/clinic/units": "one form alone on its page",
    "/clinic/sign-in": "before signing in",
    "/clinic/sign-in/begin": "before signing in",
    "/clinic/sign-in/return": "before signing in",
    # the form of a page or a box that a key has opened: Enter sends it
    "/clinic/cases/{}/messages": "Ctrl and Enter in the box",
    "/clinic/cases/{}/documentations": "the form of the record's page",
    "/clinic/cases/{}/further-questions/{}": "the form of its page",
    "/clinic/cases/{}/notes": "the form of the box that a key goes to",
    "/clinic/cases/{}/phrases": "the page of phrases without the script",
    "/clinic/cases/{}/corrections/{}/answers": "the form of its page",
    "/clinic/ledger/search": "the form of the search",
    "/clinic/ledger/saved": "the form of the saved views",
    "/clinic/ledger/saved/{}/removals": "one of a list that a key opens",
    "/clinic/profile": "a form of the settings",
    "/clinic/profile/chats": "a form of the settings",
    "/clinic/profile/look": "a form of the settings",
    "/clinic/profile/notices": "a form of the settings",
    "/clinic/tickets/{}/bookings": "the form of a ticket's page, which is opened by its row",
    "/clinic/tickets/{}/returns": "the form of a ticket's page, which is opened by its row",
    "/clinic/cases/{}/take-overs": "rare, and a colleague's case: the button is looked for",
    # a row of a list: j and k go to it, e opens it
    "/clinic/cases/{}": "a row of a list",
    "/clinic/cases/{}/elsewhere/{}": "one of a list, chosen one by one",
    "/clinic/patients/{}": "found by the search",
    "/clinic/tickets/{}": "a row of a list",
    "/clinic/cases/{}/sms/{}/settlings": "a row of a list, with three answers",
    "/clinic/cases/{}/invitations/{}/endings": "one of those who take part",
    "/clinic/phrases/{}": "a row of a list",
    "/clinic/phrases/{}/removals": "a row of a list",
    "/clinic/phrases/{}/restorations": "a row of a list",
    # the viewer's own keys (static/js/viewer.js) and its tools for one of several pictures
    "/clinic/cases/{}/pictures/{}": "one of the pictures",
    "/clinic/cases/{}/pictures/{}/download": "one of the pictures",
    "/clinic/cases/{}/pictures/{}/archivings": "one of the pictures",
    "/clinic/cases/{}/pictures/{}/misplacements": "one of the pictures, and asked twice",
}
#: Pages of work, each a tab of the ledger: the keys of the tabs lead to them by their place.
_TABS = {
    "/clinic/ledger", "/clinic/ledger/handed", "/clinic/ledger/answer", "/clinic/ledger/unit", "/clinic/ledger/invited",
    "/clinic/document", "/clinic/sms", "/clinic/silent", "/clinic/attestations", "/clinic/attestations/mine",
    "/clinic/mentions", "/clinic/calls", "/clinic/corrections", "/clinic/tickets", "/clinic/booked",
}  # fmt: skip
#: Actions whose element says what it is in another way than by where it leads.
_NAMED = {
    "/clinic/keys": "help", "/clinic/ledger/next": "next", "/clinic/profile/density": "density",
    "/clinic/cases/{}/attestations": "attest", "/clinic/cases/{}/invitations": "invite",
    "/clinic/cases/{}/patient": "tab_patient", "/clinic/cases/{}/patient-tickets": "tab_tickets",
    "/clinic/cases/{}/visits": "tab_visits", "/clinic/cases/{}/pictures": "pictures",
    "/clinic/cases/{}/alarms/{}/verdicts": "alarm_right", "/clinic/cases/{}/actions/{}/settlements": "settle_card",
    "/clinic/cases/{}/calls/{}/outcomes": "call_back",
}  # fmt: skip


def _paths() -> set[str]:
    return {
        re.sub(r"\{[^}]*\}", "{}", path) for page in all_pages() for path in page.paths if path.startswith("/clinic")
    }


def _has_key(path: str) -> bool:
    """Whether an action's selector leads to this address."""
    if path in _NAMED:
        return _NAMED[path] in {one.name for one in ACTIONS}
    whole, tail = f"='{path}'", "/" + path.rsplit("/", 1)[-1]
    of_patient = path.startswith("/clinic/patients/{}")
    return any(
        whole in (selector := one.selector.replace('"', "'"))
        or (f"$='{tail}'" in selector and "{}" in path and of_patient == ("/clinic/patients/" in selector))
        for one in ACTIONS
    )


def test_every_verb_of_the_clinic_has_a_key_or_says_why_it_needs_none() -> None:
    paths = _paths()
    without = sorted(path for path in paths - _TABS - _WITHOUT.keys() if not _has_key(path))
    assert not without, f"a line in web/clinic/desk/keys.py is missing for {without}"
    assert not (_WITHOUT.keys() | _TABS | _NAMED.keys()) - paths, "an exception for what is not there"
    assert not [path for path in _WITHOUT if path in _NAMED]


def test_what_a_key_presses_stands_in_a_page() -> None:
    """The last part of an address, a name or an id that a selector asks for is written in some page or script."""
    files = [one for kind in ("html", "js", "py") for one in sorted(_WEB.rglob(f"*.{kind}")) if one.name != "keys.py"]
    written = "".join(one.read_text("utf-8") for one in files)
    gone = []
    for action in ACTIONS:
        wanted = re.findall(r"[$^]='([^']+)'|#([a-z][a-z-]*)|data-key=\"([a-z]+)\"", action.selector)
        gone += [(action.name, part) for found in wanted for part in found if part and part not in written]
    assert not gone, f"keys that press nothing: {gone}"
