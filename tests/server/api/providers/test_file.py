"""The operator's file of providers: a mistake in it is told with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.config import CHECKOUT, SettingError, read_settings
from server.openid import read_providers
from server.wiring import open_providers


class TestFile:
    @pytest.mark.parametrize(
        "changed, said",
        [
            ({"issuer": "http://login.example.se"}, "issuer: 'http://login.example.se' is no address"),
            ({"issuer": "https://login.example.se?x=1"}, "issuer: "),
            ({"also": ["ftp://x"]}, "also: 'ftp://x' is no address"),
            ({"client_secret_env": "NOWHERE"}, "the variable NOWHERE holds no secret"),
            ({"client_secret_file": "/nowhere"}, "name the file with the secret, or"),
            ({"municipality": "Östersund"}, "SCB's code of four digits"),
            ({"name": ""}, "must be what people know it as"),
            ({"colour": "red"}, "colour"),
            ({"duties": [{"claim": "g", "value": "x", "duty": "administrator"}]}, "Invalid enum value"),
            ({"duties": [{"claim": "g", "value": "x", "duty": "guide"}]}, "a guide is of one municipality"),
        ],
        ids=str,
    )  # fmt: skip
    def test_a_mistake_is_told_with_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], said: str
    ) -> None:
        monkeypatch.setenv("SECRET", "s")
        told = {
            "name": "X",
            "issuer": "https://login.example.se",
            "client_id": "r",
            "client_secret_env": "SECRET",
            **changed,
        }
        file = tmp_path / "p.toml"
        file.write_text("[x]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in told.items()))

        with pytest.raises(SettingError) as wrong:
            open_providers(read_settings({"ROTFASTE_PROVIDERS": str(file)}))

        assert said in str(wrong.value)
        assert str(file) in str(wrong.value)

    def test_the_form_can_be_filled_in(self, tmp_path: Path) -> None:
        form = (CHECKOUT / "deploy/providers.toml").read_text()
        lines = form.splitlines()
        begin = lines.index("# [ostersund]")
        filled = [
            line.removeprefix("# ") if "=" in line or line.startswith("# [") else line
            for line in lines[begin:]
        ]
        secret = tmp_path / "secret"
        secret.write_text("s")
        file = tmp_path / "p.toml"
        file.write_text("\n".join(filled).replace("/etc/rotfaste/ostersund.secret", str(secret)))

        (one,) = read_providers(file)

        assert (one.key, one.municipality, one.rules[0].duty) == ("ostersund", "2380", "guide")
        assert one.origins == {"https://login.kommun.example", "https://keys.kommun.example"}
        assert "s" not in repr(one).split("client_secret")[-1][:3]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
