"""The recorded tracks, what is known of them, and what a walk along one came to."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

VARIABLE = "ROTFASTE_FIELD_DATA"

if VARIABLE not in os.environ:  # nothing is skipped in silence
    raise pytest.UsageError(f"{VARIABLE} does not say where the real files are: make field DATA=folder")

FIELD_DATA = Path(os.environ[VARIABLE])
TRACKS = FIELD_DATA / "gpx"


def measured() -> dict[str, Mapping[str, str]]:
    """What somebody else measured of each GPX file, by its name."""
    with (TRACKS / "index.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


class Row(NamedTuple):
    """How many stages of a walk were done by a fix of which class, by the walker's own word, or not at all."""

    walk: str
    errors: bool
    accuracy_m: float
    stages: int
    inside: int
    near: int
    weak: int
    own_word: int
    missed: int
    moves: int
    minutes: float

    @staticmethod
    def head() -> str:
        return (
            f"{'walk':<34} {'fixes':<12} {'stages':>6} {'inside':>6} {'near':>5} {'weak':>5} {'own word':>8} "
            f"{'missed':>6} {'moves':>6} {'minutes':>8}"
        )

    def __str__(self) -> str:
        fixes = f"{'off by' if self.errors else '±'} {self.accuracy_m:.0f} m"
        return (
            f"{self.walk:<34} {fixes:<12} {self.stages:>6} {self.inside:>6} {self.near:>5} {self.weak:>5} "
            f"{self.own_word:>8} {self.missed:>6} {self.moves:>6} {self.minutes:>8.1f}"
        )
