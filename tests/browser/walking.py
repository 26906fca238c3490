"""How somebody walks, and how they answer at a stop."""

import random
import re
from collections.abc import Iterator, Sequence

from geo.positions import Position, destination
from tests.browser import quests
from tests.browser.phone import Phone

WANDERS_M = 6.0  # to either side: a street is not a line, and a fix is not a point


def recorded(way: Sequence[Position], seed: int = 4) -> Iterator[Position]:
    """The way as a phone would have recorded it: off by some metres at every point."""
    chance = random.Random(seed)
    for point in way:
        yield destination(point, chance.uniform(0, 360), chance.uniform(0, WANDERS_M))


def answer_question(phone: Phone) -> None:
    """The question of the stop that is shown, rightly: what its author knows."""
    stage = phone.page.locator("#stage").inner_text().strip()
    pack = quests.trail()
    key = f"{int(re.sub(r'[^0-9]', '', stage)):03}"
    (task,) = (task for task in pack.sheet.stage(key).tasks if task.key != "here")  # type: ignore[union-attr]
    answers = pack.private.answers(key, task.key)
    assert answers is not None
    if task.__struct_config__.tag == "choice":
        option = pack.texts["sv"].stages[key].tasks[task.key].options[answers.accepted[0]]
        phone.tap(phone.page.get_by_role("button", name=re.compile(rf"\b{option}$")).first)
    else:
        phone.page.locator("main section form input").fill(answers.accepted[0])
        phone.tap("app.play.answer.give")
