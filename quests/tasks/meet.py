"""Meet somebody, who tells a word."""

from datetime import datetime
from typing import Annotated

import msgspec

from quests.answers import ANSWER_MAX_CHARACTERS, normal_form, number_form
from quests.codes import ROTATING_DIGITS, rotating_codes
from quests.evidence import TRUST_MET
from quests.tasks.kind import AnswerBits, Body, Checked, Scene, Verdict, elsewhere


class MeetBody(Body, frozen=True, tag="meet", kw_only=True):
    word: Annotated[
        str, msgspec.Meta(max_length=ANSWER_MAX_CHARACTERS, description="What they told, as it was typed.")
    ]


class Meet(Checked, frozen=True, tag="meet", kw_only=True):
    """A host's word, or the code of the day that the host has on paper or on a phone.

    Without either, whatever somebody told counts: what matters is that two people talked. A code of the day
    cannot be checked without a network, so it is taken on trust, and the server's check adds to that.
    """

    Body = MeetBody

    rotating: Annotated[
        bool, msgspec.Meta(description="The host has a code that is another one each day.")
    ] = False
    accepted: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=40)] = ()

    def given(self, body: MeetBody) -> str | None:
        return body.word

    def judge(self, body: MeetBody, scene: Scene) -> Verdict:
        if miss := elsewhere(self, body, scene.presence):
            return miss
        if not normal_form(body.word):
            return Verdict("no-word")
        if self.rotating and _code(body.word) is not None and not self.is_right(body.word, scene.salt):
            return Verdict("unverified-word", trust=TRUST_MET if scene.equal else 0)
        if self.rotating and not self.bits:
            return Verdict("wrong-answer")
        return self.weighed(body.word, scene)

    def equal_beyond_lists(self, body: MeetBody, secret: str, made_at: datetime) -> bool:
        return self.rotating and _code(body.word) in rotating_codes(secret, made_at)

    def done_with(self, words: str) -> MeetBody:
        return MeetBody(word=words)


def _code(word: str) -> str | None:
    """The digits of a code of the day, None for what is none; in any script, with or without spaces."""
    digits = "".join(normal_form(word).split())
    if len(digits) != ROTATING_DIGITS or not digits.isdecimal():
        return None
    form = number_form(digits)
    return None if form is None else form.rjust(ROTATING_DIGITS, "0")
