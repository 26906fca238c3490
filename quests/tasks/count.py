"""Count something."""

from typing import Annotated

import msgspec

from quests.answers import AnswerLists, number_form
from quests.tasks.kind import AnswerBits, Body, Checked, Scene, Verdict, elsewhere

COUNT_MOST = 1_000_000
OFF_BY_MOST = 5
LISTED_MOST = 40


class CountBody(Body, frozen=True, tag="count", kw_only=True):
    number: Annotated[int, msgspec.Meta(ge=0, le=COUNT_MOST, description="How many there were.")]


class Count(Checked, frozen=True, tag="count", kw_only=True):
    """How many there are. Without a right number every number is one: what was found, not what was known."""

    Body = CountBody

    off_by: Annotated[
        int,
        msgspec.Meta(ge=0, le=OFF_BY_MOST, description="How far from a right number still counts as right."),
    ] = 0
    accepted: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=LISTED_MOST)] = ()

    def given(self, body: CountBody) -> str | None:
        return str(body.number)

    def form(self, listed: str) -> str | None:
        form = number_form(listed)
        return form if form is not None and form.isdecimal() and int(form) <= COUNT_MOST else None

    def misfit(self, listed: str) -> tuple[str, dict[str, str]] | None:
        return ("answer-not-a-number", {"found": listed}) if self.form(listed) is None else None

    def lists(self, accepted: tuple[str, ...], wrong: tuple[str, ...]) -> AnswerLists:
        exact = super().lists(accepted, wrong)
        around = {
            str(int(number) + off)
            for number in exact.accepted
            for off in range(-self.off_by, self.off_by + 1)
            if int(number) + off >= 0
        }
        return AnswerLists(tuple(sorted(around, key=int)), exact.wrong)

    def judge(self, body: CountBody, scene: Scene) -> Verdict:
        return elsewhere(self, body, scene.presence) or self.weighed(str(body.number), scene)

    def done_with(self, words: str) -> CountBody:
        return CountBody(number=int(words) if words.isdecimal() else 1)
