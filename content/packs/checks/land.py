"""Land: whose ground it is, what was asked of them, and where nobody is sent.

Source: Kulturmiljölag (1988:950) 2 kap.; Miljöbalk (1998:808) 7 and 12 kap.; the Church of Sweden's and Swedish
geocaching reviewers' own rules for church ground and ancient remains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from content.findings import Detail, Finding, Step
from content.grounds import Ground, Grounds
from content.packs.checks.texts import spoken
from content.packs.model import PRIVATE_FILE, QUEST_FILE, TEXTS_FOLDER, Consent
from content.packs.publishing import every_task
from content.packs.reading import Draft
from content.wording import harm_asked, harm_forbidden, sami_word
from quests.model import AnyPlace, Open, Season, Stage, StageTexts
from quests.tasks.scan import Scan

LEAP_YEAR = 2028  # any one: it has every day that a season or a ban can name


@dataclass(frozen=True, slots=True)
class _On:
    """A stage on ground with rules. `where`: what the ground is called, or how the author said so."""

    kind: str
    where: str
    path: tuple[Step, ...]
    ground: Ground | None = None
    opened: Open | None = None


def prints_and_boxes_are_allowed(draft: Draft) -> Iterator[Finding]:
    """What is put up at a place needs the yes of whoever owns the ground, and somebody who can be asked."""
    for index, stage in draft.stages:
        consent = _consent(draft, stage)
        if consent is not None and consent.status in {"granted", "refused"} and not _is_dated(consent):
            yield draft.finding(
                "consent-date",
                PRIVATE_FILE,
                "stages",
                stage.key,
                "consent",
                stage=stage.key,
                status=consent.status,
            )
        if not _is_placed(stage) or _consent_unread(draft, stage):
            continue
        if consent is not None and consent.status == "refused":
            yield draft.finding(
                "consent-refused", PRIVATE_FILE, "stages", stage.key, "consent", stage=stage.key
            )
        elif _is_physical(stage) and (consent is None or consent.status != "granted"):
            yield draft.finding("consent-missing", QUEST_FILE, "stages", index, stage=stage.key)
        if stage.physical == "none" and _is_physical(stage):
            yield draft.finding("print-unsaid", QUEST_FILE, "stages", index, stage=stage.key)


def ground_with_rules_is_respected(draft: Draft, grounds: Grounds) -> Iterator[Finding]:
    """As its author declared it, and as the polygons say that are at hand."""
    for index, stage in draft.stages:
        if not _is_placed(stage):
            continue
        for on in _grounds_of(draft, index, stage, grounds):
            yield from _on_ground(draft, stage, on)


def _on_ground(draft: Draft, stage: Stage, on: _On) -> Iterator[Finding]:
    consent = _consent(draft, stage)
    said_yes = _consent_unread(draft, stage) or (consent is not None and consent.status == "granted")
    details: dict[str, Detail] = {"stage": stage.key, "where": on.where}
    match on.kind:
        case "church" if _is_physical(stage):
            yield draft.finding("ground-church-physical", QUEST_FILE, *on.path, **details)
        case "church" if not said_yes:
            yield draft.finding("ground-church-consent", QUEST_FILE, *on.path, **details)
        case "ancient" if _is_physical(stage):
            yield draft.finding("ground-ancient-physical", QUEST_FILE, *on.path, **details)
        case "ancient" if not _says_hands_off(draft, stage):
            yield draft.finding("ground-ancient", QUEST_FILE, *on.path, **details)
        case "installation":
            yield draft.finding("ground-installation", QUEST_FILE, *on.path, **details)
        case "protected":
            if "protected" not in stage.ground:  # who has written it has looked
                yield draft.finding("ground-protected", QUEST_FILE, *on.path, **details)
            for ban in on.ground.bans if on.ground else ():
                if _days(_seasons(draft, on.opened)) & _days((Season(start=ban[0], end=ban[1]),)):
                    yield draft.finding(
                        "ground-protected-ban", QUEST_FILE, *on.path, **details, start=ban[0], end=ban[1]
                    )


def nobody_is_sent_to_dig(draft: Draft) -> Iterator[Finding]:
    """Tasks and hints that ask for what may harm a place. "Do not dig" is no such text.

    At a place, or where the author says that the ground is old, it is a mistake; anywhere else worth a thought.
    """
    stages = {stage.key: stage for _, stage in draft.stages}
    for tag, texts in draft.pack.texts.items():
        for key, said in texts.stages.items():
            stage = stages.get(key)
            if stage is None:
                continue
            is_there = _is_placed(stage) or "ancient" in stage.ground
            code = "text-risky-verb" if is_there else "text-risky-verb-anywhere"
            for path, text in _asked(said):
                if (verb := harm_asked(tag, text, at_home=not is_there)) is not None:
                    yield draft.finding(code, f"{TEXTS_FOLDER}{tag}.toml", "stages", key, *path, verb=verb)


def sami_culture_is_told_by_leave(draft: Draft) -> Iterator[Finding]:
    """A quest that tells of the Sámi has been read by somebody who may speak for them, who said yes."""
    care = draft.pack.sheet.care
    if care is None:
        if draft.raw(QUEST_FILE, "care") is not None:
            return  # written, but not readable: that is said already
        for tag, texts in draft.pack.texts.items():
            found = next(
                ((path, word) for path, text in spoken(texts) if (word := sami_word(tag, text))), None
            )
            if found is not None:
                yield draft.finding("care-missing", f"{TEXTS_FOLDER}{tag}.toml", *found[0], word=found[1])
    elif not care.reviewer.strip() or not _is_date(care.said_yes):
        yield draft.finding("care-not-reviewed", QUEST_FILE, "care")
    elif care.review_until and not _is_date(care.review_until):
        yield draft.finding("care-until", QUEST_FILE, "care", "review_until")


def _asked(said: StageTexts) -> Iterator[tuple[tuple[Step, ...], str]]:
    for index, hint in enumerate(said.hints):
        yield ("hints", index), hint
    for key, task in said.tasks.items():
        yield ("tasks", key, "prompt"), task.prompt
    for variant, other in said.variants.items():
        for key, task in other.tasks.items():
            yield ("variants", variant, "tasks", key, "prompt"), task.prompt


def _grounds_of(draft: Draft, index: int, stage: Stage, grounds: Grounds) -> Iterator[_On]:
    """Each kind and name once; what a polygon says comes before what was only declared."""
    seen: set[tuple[str, str]] = set()
    for path, place, opened in _places(draft, index, stage):
        try:
            near = list(grounds.near(place.drawn))
        except ValueError:
            continue  # it cannot be drawn: that is said already
        for ground, away_m in near:
            where = f"{ground.name or ground.kind}, {round(away_m)} m"
            if (ground.kind, where) not in seen:
                seen.add((ground.kind, where))
                yield _On(ground.kind, where, path, ground, opened)
    for number, kind in enumerate(stage.ground):
        if kind not in {one for one, _ in seen}:
            seen.add((kind, ""))
            yield _On(kind, f'ground = "{kind}"', ("stages", index, "ground", number))


def _places(
    draft: Draft, index: int, stage: Stage
) -> Iterator[tuple[tuple[Step, ...], AnyPlace, Open | None]]:
    """Each place where a stage can be done, with when it is open there."""
    if stage.place is not None:
        yield ("stages", index, "place"), stage.place, stage.open
    for number, variant in draft.variants(index, stage):
        if variant.place is not None:
            yield ("stages", index, "variants", number, "place"), variant.place, variant.open or stage.open


def _is_placed(stage: Stage) -> bool:
    return stage.place is not None or any(variant.place is not None for variant in stage.variants)


def _is_physical(stage: Stage) -> bool:
    """Whether something hangs or stands there: said, or meant by a code to be scanned."""
    return stage.physical != "none" or any(isinstance(task, Scan) for task in every_task(stage))


def _consent(draft: Draft, stage: Stage) -> Consent | None:
    private = draft.pack.private.stages.get(stage.key)
    return None if private is None else private.consent


def _consent_unread(draft: Draft, stage: Stage) -> bool:
    """Whether something stands there that could not be read, which is said already."""
    written = draft.raw(PRIVATE_FILE, "stages", stage.key, "consent")
    return PRIVATE_FILE in draft.unread or (written is not None and _consent(draft, stage) is None)


def _is_dated(consent: Consent) -> bool:
    return bool(consent.by.strip()) and _is_date(consent.date)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _says_hands_off(draft: Draft, stage: Stage) -> bool:
    """Whether every language that can be looked at says not to dig or touch, at the stage or before setting out."""
    told = []
    for tag, texts in draft.pack.texts.items():
        said = texts.stages.get(stage.key)
        parts = [texts.before]
        if said is not None:
            parts += [said.way, said.arrived, *(task.prompt for task in said.tasks.values())]
        told.append(harm_forbidden(tag, "\n".join(parts)))
    return all(one is not False for one in told)


def _seasons(draft: Draft, opened: Open | None) -> tuple[Season, ...]:
    found = opened or draft.pack.sheet.open
    return found.seasons if found is not None else ()


def _days(seasons: tuple[Season, ...]) -> frozenset[str]:
    """Every day of the year that lies in one of them, as month and day; all where there are none."""
    first = date(LEAP_YEAR, 1, 1)
    year = [f"{first + timedelta(days=number):%m-%d}" for number in range(366)]
    if not seasons:
        return frozenset(year)
    return frozenset(
        day
        for day in year
        for one in seasons
        if (one.start <= day <= one.end if one.start <= one.end else day >= one.start or day <= one.end)
    )
