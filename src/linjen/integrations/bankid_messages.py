"""Which of BankID's recommended texts (RFA) a person is shown, as a key into the word files."""

from __future__ import annotations

from linjen.core.errors import LinjenError

PENDING_HINTS = ("outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign")
FAILED_HINTS = (
    "expiredTransaction",
    "certificateErr",
    "userCancel",
    "cancelled",
    "startFailed",
    "userDeclinedCall",
    "notSupportedByUserApp",
    "transactionRiskBlocked",
)

_PENDING = {
    "noClient": "rfa1",
    "userMrtd": "rfa23",
    "userSign": "rfa9",
}
_FAILED = {
    "expiredTransaction": "rfa8",
    "certificateErr": "rfa16",
    "userCancel": "rfa6",
    "cancelled": "rfa3",
    # The person said no in the app, as with userCancel; BankID recommends no text of its own.
    "userDeclinedCall": "rfa6",
}
_ERRORS = {
    "bankid_already_in_progress": "rfa4",
    "bankid_timeout": "rfa5",
    "bankid_busy": "rfa5",
    "bankid_internal": "rfa5",
    "bankid_maintenance": "rfa5",
    "bankid_unreachable": "rfa5",
    "bankid_unknown": "rfa22",
    "bankid_unexpected_answer": "rfa22",
    "bankid_risk_high": "risk_high",
    # Our own mistake is never shown as a fault of BankID's.
    "bankid_own_fault": "own_fault",
    "bankid_no_such_order": "rfa22",
}


def message_key(status: str, hint: str, same_device: bool, mobile: bool) -> str:
    """The word key (`bankid.rfa…`) for what `collect` said; a hint not known to us gets the general text.

    `same_device`: the app was started by a link on this device, not by QR. `mobile`: this device is a phone or tablet.
    """
    if status == "pending":
        return "bankid." + _pending(hint, same_device, mobile)
    if status == "failed" and hint == "startFailed":
        return "bankid.rfa17a" if same_device else "bankid.rfa17b"
    return "bankid." + _FAILED.get(hint, "rfa22")


def _pending(hint: str, same_device: bool, mobile: bool) -> str:
    if hint == "outstandingTransaction":
        return "rfa13" if same_device else "rfa1"
    if hint == "started":
        return "rfa15b" if mobile else "rfa15a"
    return _PENDING.get(hint, "rfa21")


def error_key(error: LinjenError) -> str:
    """The word key for an error that the BankID client raised; anything else is our own fault."""
    return "bankid." + _ERRORS.get(error.reason, "own_fault")
