"""`make lighthouse`: all of Lighthouse's figures, to docs/lighthouse.md, and whether they are good enough.

Not a test of every run: busy machines are slow.
"""

from pathlib import Path

from server.config import CHECKOUT
from tests.browser import quests
from tests.browser.lighthouse import LEAST, scores
from tests.browser.machine import Machine

PAGES = {"the first screen": "/", "a quest": f"/q/{quests.EVERY_KIND}"}
TIMES = 3
OUT = CHECKOUT / "docs/lighthouse.md"
HEAD = """# Lighthouse, as on a phone

Written by `make lighthouse`: its own mobile profile (a slow phone on 4G), the built app on a real server, the median of
{times} runs by performance. It fails below {least}. Machines that are busy with
something else make it worse.

| | performance | accessibility | best practices | first paint | largest paint | blocked | speed index | bytes |
|---|---|---|---|---|---|---|---|---|
"""


def test_every_page_has_the_least_in_the_median(machine: Machine, tmp_path: Path) -> None:
    lines, too_low = [], []
    for name, path in PAGES.items():
        runs = sorted(
            (scores(machine.address + path, tuple(LEAST), tmp_path) for _ in range(TIMES)),
            key=lambda one: one["performance"],
        )
        one = runs[len(runs) // 2]
        lines.append(
            f"| {name} | **{one['performance']:.0f}** | **{one['accessibility']:.0f}** | **{one['best-practices']:.0f}**"
            f" | {one['first-contentful-paint'] / 1000:.1f} s | {one['largest-contentful-paint'] / 1000:.1f} s"
            f" | {one['total-blocking-time']:.0f} ms | {one['speed-index'] / 1000:.1f} s | {one['bytes'] / 1000:.0f} kB |"
        )
        too_low += [f"{name}: {what} {one[what]:.0f}" for what, least in LEAST.items() if one[what] < least]
    told = ", ".join(f"{what} {least}" for what, least in LEAST.items())
    OUT.write_text(HEAD.format(times=TIMES, least=told) + "\n".join(lines) + "\n", "utf-8")

    assert not too_low, f"of the median of {TIMES}: {', '.join(too_low)}"
