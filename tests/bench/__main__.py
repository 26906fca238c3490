"""`make bench`: measures, prints, and leaves nothing behind."""

import argparse
import os
import sys
from datetime import UTC, datetime

import click

from server.cli.supervise import Stopped, stop_signals
from tests.bench import awards, fold, journeys, nearby, tiles
from tests.bench.rig import rig

PARTS = ("fold", "nearby", "tiles", "journeys", "awards")


def main() -> int:
    asked = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="a minute in all; to try it, not to quote it")
    asked.add_argument("--only", choices=PARTS, action="append", help="one part; may be given more than once")
    given = asked.parse_args()
    wanted = given.only or PARTS
    load = os.getloadavg()[0]
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, "
        f"load {load:.1f} before anything was measured{' (of somebody else: ratios only)' if load > 1 else ''}"
    )
    try:
        with stop_signals():
            if "fold" in wanted:
                fold.measure(quick=given.quick)
            if set(PARTS[1:]) & set(wanted):
                with rig() as made:
                    if "nearby" in wanted:
                        nearby.measure(made, quick=given.quick)
                    if "tiles" in wanted:
                        tiles.measure(made, quick=given.quick)
                    if "journeys" in wanted:
                        journeys.measure(made, quick=given.quick)
                    if "awards" in wanted:
                        awards.measure(made, quick=given.quick)
    except Stopped:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
