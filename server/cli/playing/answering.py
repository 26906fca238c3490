"""What somebody says who plays and knows the place: for every task the bodies of their moves, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from random import Random

from content.packs.model import Private
from quests.model import Quest, Stage
from quests.tasks import AnyTask, Body, Checked
from quests.tasks.choice import Choice, ChoiceBody
from quests.tasks.scan import Scan, ScanBody

WRONG_TRIES = 50
GUESSED_TIE_BREAKS = range(1, 501)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What they know: of options what the kit tells, of words and codes what `private` tells, if they have it.

    `wrong`: they answer wrongly first, and in a tipspromenad always.
    """

    quest: Quest
    private: Private | None
    wrong: bool
    chance: Random

    def bodies(self, stage: Stage, task: AnyTask, own_words: str) -> tuple[Body, ...]:
        """Nothing where they do not know. `own_words`: what they write where every answer is right."""
        match task:
            case Choice():
                return tuple(ChoiceBody(option=option) for option in self._options(stage, task))
            case Checked():
                return tuple(task.done_with(text) for text in self._texts(stage, task, own_words))
            case Scan():
                codes = self._codes(stage)
                wrong = ("?",) if codes and self.wrong else ()
                return tuple(ScanBody(code=code) for code in (*wrong, *codes[:1]))
            case _:
                return (task.done_with(own_words),)

    def tie_break(self) -> float:
        """The true number where they know it; else they guess, as everybody does."""
        known = self.private.tie_break if self.private else None
        return (
            known if known is not None and not self.wrong else float(self.chance.choice(GUESSED_TIE_BREAKS))
        )

    def _options(self, stage: Stage, task: Choice) -> tuple[str, ...]:
        right, wrong = _sorted_out(stage, task)
        if not task.right:
            return (self.chance.choice(task.options),)
        if not self.wrong or not wrong:
            return (self.chance.choice(right),) if right else ()
        first = self.chance.choice(wrong)
        return (first,) if self.quest.feedback == "at_end" else (first, *right[:1])

    def _texts(self, stage: Stage, task: Checked, own_words: str) -> tuple[str, ...]:
        known = self.private.answers(stage.key, task.key) if self.private else None
        accepted = known.accepted if known else ()
        if not (task.bits or task.must_be_answered) or (self.quest.feedback == "at_end" and not accepted):
            return (own_words if task.form(own_words) is not None else "1",)
        if known is None or not accepted:
            return ()
        right = self.chance.choice(accepted)
        if not self.wrong or self.quest.feedback == "at_end":
            return (right,)
        return (*self._wrong_texts(stage, task, known.wrong), right)

    def _wrong_texts(self, stage: Stage, task: Checked, listed: tuple[str, ...]) -> tuple[str, ...]:
        """One that the kit too says is wrong: of all others one in a thousand is taken for right."""
        salt = bytes.fromhex(stage.salt)
        for text in chain(listed, map(str, range(WRONG_TRIES))):
            form = task.form(text)
            if form is None or not task.is_right(form, salt):
                return (text,)
        return ()

    def _codes(self, stage: Stage) -> tuple[str, ...]:
        """Newest print first."""
        private = self.private.stages.get(stage.key) if self.private else None
        codes = private.codes if private else ()
        return tuple(printed.code for printed in sorted(codes, key=lambda printed: -printed.rev))


def marked(quest: Quest, chosen: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The row of a tipspromenad, out of the option chosen for each (stage, task)."""
    asked = {(stage.key, task.key) for stage in quest.stages for task in stage.tasks if _is_tip(task)}
    return {stage: option for (stage, task), option in chosen.items() if (stage, task) in asked}


def _is_tip(task: AnyTask) -> bool:
    return isinstance(task, Choice) and bool(task.right)


def _sorted_out(stage: Stage, task: Choice) -> tuple[list[str], list[str]]:
    salt = bytes.fromhex(stage.salt)
    right = [option for option in task.options if task.is_right(option, salt)]
    return right, [option for option in task.options if option not in right]
