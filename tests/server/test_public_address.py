"""The address that is handed out: set by whoever runs the server, and read strictly."""

import pytest

from server.config import SettingError, read_settings


@pytest.mark.parametrize(
    "written, read",
    [
        ("https://quest.example.se", "https://quest.example.se"),
        ("https://Quest.Example.se/", "https://quest.example.se"),
        ("http://[::1]:8123", "http://[::1]:8123"),
    ],
)
def test_a_public_address_is_a_scheme_and_a_host(written: str, read: str) -> None:
    assert read_settings({"ROTFASTE_PUBLIC_ADDRESS": written}).public_address == read


@pytest.mark.parametrize(
    "written",
    [
        "quest.example.se",
        "ftp://quest.example.se",
        "https://quest.example.se/here",
        "https://quest.example.se?a=b",
        "https://quest.example.se#a",
        "https://somebody@quest.example.se",
        "https://quest.example.se:99999",
        "https://quest.example.se:port",
        "https://",
        "https://a b",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_anything_else_is_said_to_be_none(written: str) -> None:
    with pytest.raises(SettingError, match="ROTFASTE_PUBLIC_ADDRESS"):
        read_settings({"ROTFASTE_PUBLIC_ADDRESS": written})


def test_what_is_not_set_is_shown_as_nothing() -> None:
    shown = {name: value for name, value, _ in read_settings({}).described()}

    assert shown["ROTFASTE_PUBLIC_ADDRESS"] == ""
