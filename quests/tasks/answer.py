"""Answer in words or with a number."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from quests.answers import ANSWER_MAX_CHARACTERS, number_form
from quests.tasks.kind import AnswerBits, Body, Checked, Scene, Verdict, elsewhere


class AnswerBody(Body, frozen=True, tag="answer", kw_only=True):
    text: Annotated[
        str, msgspec.Meta(max_length=ANSWER_MAX_CHARACTERS, description="The answer as it was typed.")
    ]


class Answer(Checked, frozen=True, tag="answer", kw_only=True):
    """A question with a short answer. `anything`: every answer is right, and none is checked."""

    Body = AnswerBody

    expects: Literal["words", "number", "anything"] = "words"
    letters_apart: Annotated[
        bool, msgspec.Meta(description="Whether å, ä and ö are letters of their own.")
    ] = True
    accepted: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=40)] = ()

    @property
    def folds(self) -> Mapping[str, bool]:
        return {"letters_apart": self.letters_apart}

    @property
    def can_be_answered(self) -> bool:
        return self.expects != "anything"

    @property
    def must_be_answered(self) -> bool:
        return self.expects != "anything"

    def given(self, body: AnswerBody) -> str | None:
        return self.form(body.text)

    def form(self, listed: str) -> str | None:
        return number_form(listed) if self.expects == "number" else listed

    def misfit(self, listed: str) -> tuple[str, dict[str, str]] | None:
        if self.expects == "number" and number_form(listed) is None:
            return "answer-not-a-number", {"found": listed}
        return super().misfit(listed)

    def judge(self, body: AnswerBody, scene: Scene) -> Verdict:
        if miss := elsewhere(self, body, scene.presence):
            return miss
        given = self.given(body)
        return Verdict("not-a-number") if given is None else self.weighed(given, scene)

    def done_with(self, words: str) -> AnswerBody:
        return AnswerBody(text=words)
