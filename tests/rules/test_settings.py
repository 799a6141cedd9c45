"""Settings: what is misspelt or cannot be right is refused by name, and the key file's faults are told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from linjen.core.errors import Misconfigured
from linjen.core.sealing import make_key_file, read_key_file
from linjen.core.settings import read_settings

_GOOD = "A" * 43 + "="


def refused(**environ: str) -> Misconfigured:
    """The refusal of an environment."""
    with pytest.raises(Misconfigured) as caught:
        read_settings({"LINJEN_PUBLIC_URL": "https://x.example", **environ})
    return caught.value


def test_a_misspelt_variable_is_refused_with_its_name_and_the_one_it_resembles() -> None:
    found = refused(LINJEN_PORTT="8123").detail
    assert (found["setting"], "LINJEN_PORT?" in str(found["why"])) == ("LINJEN_PORTT", True)
    assert refused(LINJEN_port="8123").detail["setting"] == "LINJEN_port"
    assert "mean" not in str(refused(LINJEN_ZZZZZZZZ="1").detail["why"])


def test_variables_that_are_no_settings_are_let_be() -> None:
    environ = dict.fromkeys(
        ("LINJEN_SIMULATORS", "LINJEN_RIV_SCHEMAS", "LINJEN_PICTURES", "LINJEN_TEST_POSTGRES_BIN", "LINJEN_WRITE_LAW"),
        "1",
    )
    assert (
        read_settings({**environ, "LINJEN_PUBLIC_URL": "https://x.example", "LINJEN_PORT": "81", "PORT": "x"}).port
        == 81
    )


def test_a_proxy_that_is_no_address_is_refused() -> None:
    for wrong in ("foo", "127.0.0.1,foo", "10.0.0.1/8", "*"):
        assert refused(LINJEN_TRUSTED_PROXIES=wrong).detail["setting"] == "trusted_proxies", wrong
    good = read_settings({"LINJEN_PUBLIC_URL": "https://x", "LINJEN_TRUSTED_PROXIES": "127.0.0.1, ::1, 10.0.0.0/8"})
    assert good.trusted_proxies == ["127.0.0.1", "::1", "10.0.0.0/8"]


@pytest.mark.parametrize("name", ["training_url", "service_status_url", "suggestions_url"])
def test_a_link_for_staff_that_is_no_web_address_is_refused(name: str) -> None:
    assert refused(**{f"LINJEN_{name.upper()}": "javascript:alert(1)"}).detail["setting"] == name


@pytest.mark.parametrize("line", ["hello", f"x:{_GOOD}", "1:abcd", f"1:{_GOOD}:2", f"2:{_GOOD}", "1:ååå", f"1;{_GOOD}"])
def test_a_wrong_line_of_the_key_file_is_named_in_words_and_not_shown(line: str, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_text(f"2:{_GOOD}\n{line}\n", "utf-8")
    with pytest.raises(Misconfigured) as caught:
        read_key_file(path)
    why = str(caught.value.detail["why"])
    assert str(path) in why
    assert _GOOD not in why
    assert "line 2" in why or not line.isascii()
    assert "unpack" not in why


def test_a_key_file_that_was_made_can_be_read(tmp_path: Path) -> None:
    make_key_file(tmp_path / "master.key")
    assert [len(key) for key in read_key_file(tmp_path / "master.key").values()] == [32]
