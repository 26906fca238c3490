"""Seasons in which ground is closed every year."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.seasons import read_season

CALVING = Path(__file__).parents[2] / "seed_data/seasons/calving.toml"


def test_calving_is_from_april_to_midsummer_by_swedish_days() -> None:
    season = read_season(CALVING.read_bytes())

    assert season.of(2027) == (
        datetime(2027, 3, 31, 22, tzinfo=UTC),
        datetime(2027, 6, 24, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "now, years",
    [
        ("2026-11-26T12:00", (2027, 2028)),
        ("2027-06-24T21:59", (2027, 2028)),
        ("2027-06-24T22:00", (2028, 2029)),
    ],
)
def test_the_season_that_it_is_in_or_the_next_and_one_more_are_to_come(
    now: str, years: tuple[int, int]
) -> None:
    season = read_season(CALVING.read_bytes())

    assert season.coming(datetime.fromisoformat(now).replace(tzinfo=UTC)) == years


@pytest.mark.parametrize(
    "line, other",
    [
        (b'to = "06-24"', b'to = "03-24"'),
        (b"roads = 20", b""),
        (b"ahead = 2", b"ahead = 0"),
        (b'"calving"', b'"x"'),
    ],
    ids=["ends-before", "a-kind-left-out", "none-ahead", "no-kind"],
)
def test_a_season_that_cannot_be_is_refused(line: bytes, other: bytes) -> None:
    written = CALVING.read_bytes()
    assert line in written

    with pytest.raises(ValueError, match=r"season|Expected|Invalid"):
        read_season(written.replace(line, other))
