"""Choose one of a few options, as in 1-X-2."""

from typing import Annotated

import msgspec

from quests.answers import AnswerLists
from quests.conditions import OptionKey
from quests.tasks.kind import AnswerBits, Body, Checked, Scene, Verdict, elsewhere


class ChoiceBody(Body, frozen=True, tag="choice", kw_only=True):
    option: Annotated[
        OptionKey, msgspec.Meta(description="The key of what was chosen: 1 to 20 letters, digits and dashes.")
    ]


class Choice(Checked, frozen=True, tag="choice", kw_only=True):
    """Options, of which some are right. With none right every option is: a way is chosen, not judged."""

    Body = ChoiceBody
    TAPS = 1
    BITS = "right"

    options: Annotated[tuple[OptionKey, ...], msgspec.Meta(min_length=2, max_length=9)]
    right: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=9)] = ()

    @property
    def named(self) -> tuple[str, ...]:
        return self.options

    def given(self, body: ChoiceBody) -> str | None:
        return body.option

    def misfit(self, listed: str) -> tuple[str, dict[str, str]] | None:
        if listed not in self.options:
            return "answer-not-an-option", {"found": listed, "listed": ", ".join(self.options)}
        return None

    def lists(self, accepted: tuple[str, ...], wrong: tuple[str, ...]) -> AnswerLists:
        """The other options are wrong by themselves, so that no wrong one is ever taken for the right one."""
        others = tuple(option for option in self.options if option not in accepted)
        return super().lists(accepted, others if accepted else wrong)

    def judge(self, body: ChoiceBody, scene: Scene) -> Verdict:
        if body.option not in self.options:
            return Verdict("unknown-option")
        if miss := elsewhere(self, body, scene.presence):
            return miss
        return self.weighed(body.option, scene, option=body.option)

    def done_with(self, words: str) -> ChoiceBody:
        return ChoiceBody(option=words if words in self.options else self.options[0])
