"""Several rounds of one measurement, and tables of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rounds:
    """The same thing measured more than once: other work on the machine shows as a wide span."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Rounds":
        return cls(tuple(values))

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def over(self, other: "Rounds") -> "Rounds":
        """Round by round: what slows one measurement slows the one beside it too."""
        return Rounds(tuple(ours / theirs for ours, theirs in zip(self.values, other.values, strict=True)))

    def text(self, digits: int = 0) -> str:
        low, high = min(self.values), max(self.values)
        middle = f"{self.median:,.{digits}f}"
        return middle if len(self.values) == 1 else f"{middle} ({low:,.{digits}f}–{high:,.{digits}f})"


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[at]) for row in (columns, *rows)) for at in range(len(columns))]
    print(f"\n{heading}")
    for row in (columns, ["-" * width for width in widths], *rows):
        first, *others = row
        cells = [f"{text:>{width}}" for text, width in zip(others, widths[1:], strict=True)]
        print("  " + "  ".join([f"{first:<{widths[0]}}", *cells]).rstrip(), flush=True)
