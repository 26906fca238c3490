"""How twins are looked for: the same examples, whatever else has been imported."""

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twins import caught


def drawn() -> list[int]:
    """What a search comes upon before it ends."""
    seen: list[int] = []

    def holds(_: object) -> None:
        @given(st.integers())
        def small(number: int) -> None:
            seen.append(number)
            assert len(seen) < 300

        small()

    caught(holds, None)
    return seen


def test_a_search_draws_the_same_whatever_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    module = tmp_path / "with_constants.py"
    module.write_text(f"NUMBERS = {[7_919 * number for number in range(1_000, 2_000)]}\n")
    spec = importlib.util.spec_from_file_location("with_constants", module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    monkeypatch.setitem(sys.modules, "with_constants", loaded)

    assert drawn() == before
