"""When things are offered: days that are in the calendar, hours that last, names that are known."""

from calendar import monthrange
from collections.abc import Iterator

from content.findings import Finding, Step
from content.packs.model import QUEST_FILE
from content.packs.reading import Draft
from quests.model import Open

LEAP_YEAR = 2028  # so that 29 February is a day


def days_and_hours_are_there(draft: Draft) -> Iterator[Finding]:
    for path, opened in _opened(draft):
        for index, season in enumerate(opened.seasons):
            for name in ("start", "end"):
                month, day = map(int, getattr(season, name).split("-"))
                if day > monthrange(LEAP_YEAR, month)[1]:
                    yield draft.finding(
                        "season-no-such-day",
                        QUEST_FILE,
                        *path,
                        "seasons",
                        index,
                        name,
                        found=getattr(season, name),
                    )
        for index, hours in enumerate(opened.hours):
            if hours.start == hours.end:
                yield draft.finding("hours-empty", QUEST_FILE, *path, "hours", index, found=hours.start)


def _opened(draft: Draft) -> Iterator[tuple[tuple[Step, ...], Open]]:
    if draft.pack.sheet.open is not None:
        yield ("open",), draft.pack.sheet.open
    for index, stage in draft.stages:
        if stage.open is not None:
            yield ("stages", index, "open"), stage.open
        for place, variant in draft.variants(index, stage):
            if variant.open is not None:
                yield ("stages", index, "variants", place, "open"), variant.open
