"""Which language a player gets when theirs is not there. Tags are BCP 47; easy Swedish is `sv-simple`."""

from collections.abc import Collection, Iterable

# What stands in for a language, before the last resorts below. A language not named has none of its own.
STANDS_IN: dict[str, tuple[str, ...]] = {
    "sv-simple": ("sv", "en"),
    "sv": ("sv-simple", "en"),
    "sma": ("sv", "en"),
    "en": ("sv",),
}
LAST_RESORTS = ("en", "sv")


def chain(wanted: Iterable[str]) -> tuple[str, ...]:
    """The languages to try, best first: those wanted, then what stands in for the first, then the last resorts.

    `sv-SE` is tried as itself and then as `sv`. Always ends with a language that content has.
    """
    tried: list[str] = []
    for tag in wanted:
        tried += [tag, tag.partition("-")[0]] if tag not in STANDS_IN else [tag]
    first = next((tag for tag in tried if tag in STANDS_IN), None)
    stand_ins = STANDS_IN.get(first, ()) if first is not None else ()
    return tuple(dict.fromkeys([*tried, *stand_ins, *LAST_RESORTS]))


def best(available: Collection[str], wanted: Iterable[str]) -> str:
    """The first available language of the chain; any available one rather than none.

    Raises ValueError when nothing is available.
    """
    for tag in chain(wanted):
        if tag in available:
            return tag
    if not available:
        msg = "no language is available"
        raise ValueError(msg)
    return min(available)
