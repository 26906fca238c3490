"""Lighthouse on a phone: accessibility and best practices, which do not depend on how busy the machine is."""

from pathlib import Path

import pytest

from tests.browser import quests
from tests.browser.lighthouse import LEAST, missed, scores
from tests.browser.machine import Machine


@pytest.mark.parametrize("path", ["/", f"/q/{quests.EVERY_KIND}"])
def test_lighthouse_finds_it_accessible_and_well_made(path: str, machine: Machine, tmp_path: Path) -> None:
    asked = ("accessibility", "best-practices")
    found = scores(machine.address + path, asked, tmp_path)

    for category in asked:
        assert found[category] >= LEAST[category], missed(tmp_path, category)
