"""What `rotfaste play` prints: one line for each stage, with what was judged and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from quests.evidence import BEST_FIRST
from quests.model import Quest, Stage
from server.cli.playing.hearing import Told
from server.cli.playing.phone import Made, Phone, Unanswered, Visit

TITLE_WIDTH = 24
HANDED_IN = "hand-in"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the server said of one move. `away_m`: how far outside the fence it was made."""

    task: str
    outcome: str
    code: str
    trust: int | None
    away_m: float | None
    message: str

    def __str__(self) -> str:
        away = f", {self.away_m:.0f} m away" if self.away_m else ""
        return f"{self.task}: {self.outcome} ({self.code}{away})"


@dataclass(frozen=True, slots=True)
class Line:
    """How it went at one stage, or with the row that was handed in (`stage` is None).

    `minutes` into the walk: when it was done, or when the walk came nearest. `certainty`, `away_m` (outside the
    fence) and `accuracy_m` are those of the best fix that was sent; of a stage that was not done, `away_m` is the
    nearest that the walk came. None where there is nothing to say.
    """

    stage: str | None
    number: int | None
    of: int
    title: str
    state: str
    minutes: float | None = None
    certainty: str | None = None
    away_m: float | None = None
    accuracy_m: float | None = None
    trust: int | None = None
    judged: tuple[Judgement, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()

    def __str__(self) -> str:
        when = "      –" if self.minutes is None else f"{self.minutes:7.1f}"
        which = HANDED_IN if self.number is None else f"{self.number:>3} of {self.of}"
        said = [
            self.state,
            *([] if self.certainty is None else [self.certainty]),
            *([] if self.away_m is None else [f"{self.away_m:.0f} m away"]),
            *([] if self.accuracy_m is None else [f"±{self.accuracy_m:.0f} m"]),
            *([] if self.trust is None else [f"trust {self.trust}"]),
        ]
        tasks = [str(one) for one in self.judged]
        asks = [f"{one.wants} needed: {one.task} “{one.prompt}”" for one in self.unanswered]
        title = self.title if len(self.title) <= TITLE_WIDTH else f"{self.title[: TITLE_WIDTH - 1]}…"
        return f"{when} min  {which:<10} {title:<{TITLE_WIDTH}}  {', '.join(said)} | {'; '.join([*tasks, *asks]) or '–'}"


def visited(phone: Phone, visit: Visit, told: dict[str, Told]) -> Line:
    best = _best(visit.made)
    judged = tuple(
        Judgement(
            task=made.move.task or HANDED_IN,
            outcome=one.outcome,
            code=one.code,
            trust=one.trust,
            away_m=_rounded(made.presence.away_m),
            message=one.message,
        )
        for made in visit.made
        for one in [told[made.move.id]]
    )
    return Line(
        stage=visit.stage.key if visit.stage else None,
        number=None if visit.stage is None else _number(phone.quest, visit.stage),
        of=len(phone.quest.stages),
        title=phone.title(visit.stage) if visit.stage else "",
        state="done" if visit.stage is None else _state(phone, visit.stage),
        minutes=round(visit.minutes, 1),
        certainty=best.presence.certainty.value if best else None,
        away_m=_rounded(best.presence.away_m) if best else None,
        accuracy_m=best.presence.accuracy_m if best else None,
        trust=max((one.trust for one in judged if one.trust is not None), default=None),
        judged=judged,
        unanswered=visit.unanswered,
    )


def not_visited(phone: Phone, stage: Stage) -> Line:
    away_m, minutes = phone.nearest(stage) or (None, None)
    return Line(
        stage=stage.key,
        number=_number(phone.quest, stage),
        of=len(phone.quest.stages),
        title=phone.title(stage),
        state=_state(phone, stage),
        minutes=_rounded(minutes),
        away_m=_rounded(away_m),
    )


def _state(phone: Phone, stage: Stage) -> str:
    """As in a journey's view: open, satisfied, passed or later."""
    journey = phone.journey
    if stage.key not in journey.open:
        return "later"
    return "satisfied" if stage.key in journey.satisfied else "open"


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _number(quest: Quest, stage: Stage) -> int:
    return quest.stages.index(stage) + 1


def _best(made: Sequence[Made]) -> Made | None:
    """The move that says most surely where the player was; None where no place matters."""
    placed = [one for one in made if one.presence.placed]
    return min(placed, key=lambda one: BEST_FIRST.index(one.presence.certainty), default=None)
