"""The keys of the clinic: every action has one, none is two, and what a person chooses is checked."""

from __future__ import annotations

import json

import pytest

from linjen.core.errors import Invalid
from linjen.web.clinic.desk.keys import ACTIONS, check_keys, effective, key_help, key_map


def test_every_action_has_a_key_and_words_and_none_is_taken_twice_or_begins_another() -> None:
    keys = [action.keys for action in ACTIONS]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert not [(one, other) for one in keys for other in keys if other.startswith(f"{one} ")]
    assert check_keys({}) == {}
    listed = [one for group in key_help(None) for one in group["actions"]]
    assert len(listed) == len(ACTIONS)
    assert all(one["words"] and not one["words"].startswith("keys.") for one in listed)


def test_what_is_chosen_is_kept_where_it_differs() -> None:
    chosen = check_keys({"next": " N ", "mine": "g  M", "filter": "alt+f", "down": ""})
    assert chosen == {"filter": "alt+f", "down": ""}
    assert effective(chosen)["filter"] == "alt+f"
    assert "down" not in [name for _, name, _ in json.loads(key_map(chosen))]
    assert check_keys({"next": "ö"}) == {"next": "ö"}, "Swedish letters are keys like others"


@pytest.mark.parametrize("key", ["nn", "alt+ö", "ctrl+n", "a b c", "alt+", "\x01", "enter"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as error:
        check_keys({"next": key})
    assert (error.value.reason, error.value.field) == ("key_shape", "next")


@pytest.mark.parametrize(("key", "other"), [("j", "down"), ("g", "ledger"), ("g m", "mine")])
def test_a_key_that_is_taken_or_begins_another_is_refused(key: str, other: str) -> None:
    with pytest.raises(Invalid) as error:
        check_keys({"next": key})
    assert error.value.reason == "key_taken"
    assert other in {error.value.detail["other"], error.value.field}
