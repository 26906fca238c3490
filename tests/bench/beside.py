"""Several who are asked in turn, and tables of how they did beside one another."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench.figures import Rounds, table
from tests.bench.load import Load, ask_over_http
from tests.bench.rig import Rig, Serving

COLUMNS = ("requests/s (span)", "p50 ms", "p99 ms", "kB", "server µs", "database µs")
WARMING_S = 2

Measured = Mapping[str, Sequence[Load]]


def in_turn(rounds: int, seconds: float, asked: Mapping[str, Callable[[float], Load]]) -> Measured:
    """Each is asked for so many seconds a round; a round before the first only warms up."""
    for ask in asked.values():
        ask(WARMING_S)
    measured: dict[str, list[Load]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, ask in asked.items():
            measured[name].append(ask(seconds))
    return measured


def ratios(measured: Measured, compared: Sequence[tuple[str, str, str, str, int]]) -> None:
    """Prints a table of them. `compared`: what is said, one name, the other, the aim, and digits."""
    rate = {name: Rounds.of([load.per_second for load in loads]) for name, loads in measured.items()}
    cost = {
        name: Rounds.of([load.server_us + load.database_us for load in loads])
        for name, loads in measured.items()
    }
    table(
        "Ratios, round by round (by processor time: what it costs them over what it costs us)",
        ("", "by requests/s", "aim", "by processor time"),
        [
            (what, rate[one].over(rate[other]).text(digits), aim, cost[other].over(cost[one]).text(digits))
            for what, one, other, aim, digits in compared
        ],
    )


def by_everybody(
    rig: Rig, serving: Serving, what: str, asked: Sequence[str], seconds: float
) -> tuple[str, ...]:
    """The row of what everybody asks for at once."""
    file = paths(rig, "at-once", asked)
    ask_over_http(rig, serving, file, 1)
    return row(what, [ask_over_http(rig, serving, file, seconds)])


def row(name: str, loads: Sequence[Load]) -> tuple[str, ...]:
    """Under `COLUMNS`."""
    sizes = [load.bytes_each for load in loads if load.bytes_each is not None]
    return (
        name,
        Rounds.of([load.per_second for load in loads]).text(),
        Rounds.of([load.p50_ms for load in loads]).text(1),
        Rounds.of([load.p99_ms for load in loads]).text(1),
        f"{sum(sizes) / len(sizes) / 1000:.1f}" if sizes else "",
        Rounds.of([load.server_us for load in loads]).text(),
        Rounds.of([load.database_us for load in loads]).text(),
    )


def paths(rig: Rig, name: str, asked: Sequence[str]) -> Path:
    """A file for wrk, of what is asked for in turn."""
    file = rig.folder / f"paths-{name}"
    file.write_text("".join(f"{line}\n" for line in asked))
    return file
