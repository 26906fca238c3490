"""Choose one of a few options, as in 1-X-2."""

from typing import Annotated

import msgspec

from quests.answers import answer_bits
from quests.conditions import OptionKey
from quests.evidence import TRUST_CHECKED
from quests.tasks.answer import AnswerBits
from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere


class ChoiceBody(Body, frozen=True, tag="choice", kw_only=True):
    option: OptionKey


class Choice(Task, frozen=True, tag="choice", kw_only=True):
    """Options, of which some are right. With none right every option is: a way is chosen, not judged."""

    Body = ChoiceBody

    options: Annotated[tuple[OptionKey, ...], msgspec.Meta(min_length=2, max_length=9)]
    right: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=9)] = ()

    def is_right(self, option: str, salt: bytes) -> bool:
        return answer_bits(salt, option) in self.right

    def judge(self, body: ChoiceBody, scene: Scene) -> Verdict:
        if body.option not in self.options:
            return Verdict("unknown-option")
        if miss := elsewhere(self, body, scene.presence):
            return miss
        if scene.at_end:
            return Verdict("kept", option=body.option)
        if self.right and not self.is_right(body.option, scene.salt):
            return Verdict("wrong-answer")
        checked = bool(self.right) and bool(scene.equal)
        return Verdict("done", trust=TRUST_CHECKED if checked else 0, option=body.option)
