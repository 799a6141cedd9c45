"""When in its life: from which state a verb may be done, and to which it leads. What is absent is refused."""

from __future__ import annotations

#: A case's state in SQL: its current visit's once it is sent, its own phase before and after.
STATE = "(case when c.phase = 'sent' then v.state else c.phase end)"

STATES = (
    "intake", "emergency_advised", "self_care_offered", "queued", "in_progress", "closed", "abandoned",
)  # fmt: skip

#: (state, verb) -> the state it leads to. `see`, `copy_text` and their like change nothing and stand in READABLE.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("intake", "write_intake"): "intake",
    ("emergency_advised", "write_intake"): "intake",
    ("self_care_offered", "write_intake"): "intake",
    ("intake", "add_picture"): "intake",
    ("self_care_offered", "add_picture"): "self_care_offered",
    ("queued", "send_message"): "queued",
    ("in_progress", "send_message"): "in_progress",
    ("queued", "send_picture"): "queued",
    ("in_progress", "send_picture"): "in_progress",
    ("queued", "save_draft"): "queued",
    ("in_progress", "save_draft"): "in_progress",
    ("closed", "save_draft"): "closed",  # what came a moment too late stays with its writer
    ("queued", "claim"): "in_progress",
    ("in_progress", "take_over"): "in_progress",
    ("in_progress", "release"): "queued",
    ("queued", "open_record_system"): "queued",
    ("in_progress", "open_record_system"): "in_progress",
    ("queued", "open_by_consent"): "queued",
    ("in_progress", "open_by_consent"): "in_progress",
    ("queued", "open_in_emergency"): "queued",
    ("in_progress", "open_in_emergency"): "in_progress",
    ("queued", "lift_protection"): "queued",
    ("in_progress", "lift_protection"): "in_progress",
    ("queued", "set_protection"): "queued",
    ("in_progress", "set_protection"): "in_progress",
    ("closed", "set_protection"): "closed",
    ("queued", "change_contact"): "queued",
    ("in_progress", "change_contact"): "in_progress",
    ("closed", "change_contact"): "closed",
    ("queued", "set_interpreter"): "queued",
    ("in_progress", "set_interpreter"): "in_progress",
    ("closed", "set_interpreter"): "closed",
    ("queued", "hand_over"): "queued",
    ("in_progress", "hand_over"): "queued",
    ("in_progress", "make_asynchronous"): "in_progress",
    ("in_progress", "issue_ticket"): "in_progress",
    ("queued", "reprioritise"): "queued",
    ("in_progress", "reprioritise"): "in_progress",
    ("queued", "write_note"): "queued",
    ("in_progress", "write_note"): "in_progress",
    ("closed", "write_note"): "closed",
    ("queued", "invite"): "queued",
    ("in_progress", "invite"): "in_progress",
    ("queued", "leave_case"): "queued",
    ("in_progress", "leave_case"): "in_progress",
    ("closed", "leave_case"): "closed",
    ("queued", "end_invitation"): "queued",
    ("in_progress", "end_invitation"): "in_progress",
    ("closed", "end_invitation"): "closed",
    ("queued", "request_attestation"): "queued",
    ("in_progress", "request_attestation"): "in_progress",
    ("closed", "request_attestation"): "closed",
    ("queued", "attest"): "queued",
    ("in_progress", "attest"): "in_progress",
    ("closed", "attest"): "closed",
    ("queued", "follow_up"): "queued",
    ("in_progress", "follow_up"): "in_progress",
    ("closed", "follow_up"): "closed",
    ("queued", "forward_attestation"): "queued",
    ("in_progress", "forward_attestation"): "in_progress",
    ("closed", "forward_attestation"): "closed",
    ("queued", "withdraw_attestation"): "queued",
    ("in_progress", "withdraw_attestation"): "in_progress",
    ("closed", "withdraw_attestation"): "closed",
    ("in_progress", "remind"): "in_progress",
    ("in_progress", "keep"): "in_progress",
    ("queued", "settle_sms"): "queued",
    ("in_progress", "settle_sms"): "in_progress",
    ("in_progress", "add_action"): "in_progress",
    ("queued", "confirm_action"): "queued",
    ("in_progress", "confirm_action"): "in_progress",
    ("closed", "confirm_action"): "closed",  # one that was withdrawn with a card in it
    ("in_progress", "settle_action"): "in_progress",
    ("in_progress", "ask_further"): "in_progress",
    ("queued", "answer_further"): "queued",
    ("in_progress", "answer_further"): "in_progress",
    ("in_progress", "close"): "closed",
    ("in_progress", "signpost"): "closed",
    ("in_progress", "book_visit"): "queued",
    ("queued", "archive_picture"): "queued",
    ("in_progress", "archive_picture"): "in_progress",
    ("closed", "archive_picture"): "closed",
    ("queued", "set_aside_picture"): "queued",
    ("in_progress", "set_aside_picture"): "in_progress",
    ("closed", "set_aside_picture"): "closed",
    ("closed", "reopen"): "queued",
    ("closed", "write_record"): "closed",
    ("closed", "document"): "closed",
    ("closed", "rate"): "closed",
    ("queued", "choose_notices"): "queued",
    ("in_progress", "choose_notices"): "in_progress",
    ("queued", "withdraw"): "closed",
    ("intake", "withdraw"): "abandoned",
    ("emergency_advised", "withdraw"): "abandoned",
    ("self_care_offered", "withdraw"): "abandoned",
    ("self_care_offered", "follow_advice"): "closed",
    ("queued", "answer_alarm"): "queued",
    ("in_progress", "answer_alarm"): "in_progress",
    ("closed", "answer_alarm"): "closed",
    ("queued", "withdraw_consent"): "queued",
    ("in_progress", "withdraw_consent"): "in_progress",
    ("closed", "withdraw_consent"): "closed",
    ("queued", "ask_call"): "queued",
    ("in_progress", "ask_call"): "in_progress",
    ("queued", "withdraw_call"): "queued",
    ("in_progress", "withdraw_call"): "in_progress",
    ("queued", "settle_call"): "queued",
    ("in_progress", "settle_call"): "in_progress",
    ("queued", "ask_correction"): "queued",
    ("in_progress", "ask_correction"): "in_progress",
    ("closed", "ask_correction"): "closed",
    ("queued", "answer_correction"): "queued",
    ("in_progress", "answer_correction"): "in_progress",
    ("closed", "answer_correction"): "closed",
    ("queued", "judge_triage"): "queued",
    ("in_progress", "judge_triage"): "in_progress",
    ("closed", "judge_triage"): "closed",
    ("in_progress", "judge_level"): "in_progress",
    ("closed", "judge_level"): "closed",
}

#: The same for a ticket: everything that becomes of one happens while it is issued, and happens once.
TICKET_TRANSITIONS: dict[tuple[str, str], str] = {
    ("issued", "use_ticket"): "used",
    ("issued", "book_ticket"): "booked",
    ("issued", "return_ticket"): "returned",
    ("issued", "withdraw_ticket"): "cancelled",
    ("issued", "expire_ticket"): "expired",
}

#: Verbs that only read, and the states in which there is something to read.
READABLE = {
    "see": frozenset(STATES) - {"abandoned"},
    "see_elsewhere": frozenset({"queued", "in_progress", "closed"}),
    "mark_read": frozenset({"queued", "in_progress", "closed"}),
    "download_picture": frozenset({"queued", "in_progress", "closed"}),
    "copy_text": frozenset({"queued", "in_progress", "closed"}),
    "copy_number": frozenset({"queued", "in_progress", "closed"}),
    "see_picture": frozenset(STATES) - {"abandoned"},
}


def is_allowed(state: str, verb: str) -> bool:
    """Whether `verb` may be done to a case in `state`."""
    return state in READABLE.get(verb, frozenset()) or (state, verb) in TRANSITIONS


def states_for(verb: str) -> tuple[str, ...]:
    """The states in which `verb` may be done, in the order of a case's life; rendered into hot statements."""
    return tuple(state for state in STATES if is_allowed(state, verb))
