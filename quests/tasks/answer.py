"""Answer in words or with a number."""

from typing import Annotated, Literal

import msgspec

from quests.answers import ANSWER_MAX_CHARACTERS, answer_bits, number_form
from quests.evidence import TRUST_CHECKED
from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere

AnswerBits = Annotated[
    int, msgspec.Meta(ge=0, lt=1024, description="First 10 bits of HMAC-SHA-256(salt, answer).")
]


class AnswerBody(Body, frozen=True, tag="answer", kw_only=True):
    text: Annotated[
        str, msgspec.Meta(max_length=ANSWER_MAX_CHARACTERS, description="The answer as it was typed.")
    ]


class Answer(Task, frozen=True, tag="answer", kw_only=True):
    """A question with a short answer. `anything`: every answer is right, and none is checked."""

    Body = AnswerBody

    expects: Literal["words", "number", "anything"] = "words"
    letters_apart: Annotated[
        bool, msgspec.Meta(description="Whether å, ä and ö are letters of their own.")
    ] = True
    accepted: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=40)] = ()

    def form(self, text: str) -> str | None:
        """What is compared of an answer; None when a number is asked for and this is none."""
        return number_form(text) if self.expects == "number" else text

    def judge(self, body: AnswerBody, scene: Scene) -> Verdict:
        if miss := elsewhere(self, body, scene.presence):
            return miss
        form = self.form(body.text)
        if form is None:
            return Verdict("not-a-number")
        if scene.at_end:
            return Verdict("kept")
        if self.expects == "anything":
            return Verdict("done")
        if answer_bits(scene.salt, form, letters_apart=self.letters_apart) not in self.accepted:
            return Verdict("wrong-answer")
        return Verdict("done", trust=TRUST_CHECKED if scene.equal else 0)
