"""How somebody walks, and how they answer at a stop."""

import random
import re
from collections.abc import Iterator, Sequence

from playwright.sync_api import Locator, expect

from content.packs.model import Pack
from geo.positions import Position, destination
from tests.browser import quests
from tests.browser.phone import Phone

WANDERS_M = 6.0  # to either side: a street is not a line, and a fix is not a point


def recorded(way: Sequence[Position], seed: int = 4) -> Iterator[Position]:
    """The way as a phone would have recorded it: off by some metres at every point."""
    chance = random.Random(seed)
    for point in way:
        yield destination(point, chance.uniform(0, 360), chance.uniform(0, WANDERS_M))


def answer_question(phone: Phone, pack: Pack | None = None) -> None:
    """The question of the stop that is shown, rightly, and on to the next: what its author knows."""
    expect(question(phone)).to_be_visible()
    stage = shown(phone)
    pack = pack or quests.trail()
    key = f"{int(re.sub(r'[^0-9]', '', stage)):03}"
    (task,) = (task for task in pack.sheet.stage(key).tasks if task.key != "here")  # type: ignore[union-attr]
    answers = pack.private.answers(key, task.key)
    assert answers is not None
    if task.__struct_config__.tag == "choice":
        right = list(task.options).index(answers.accepted[0])  # type: ignore[union-attr]
        phone.tap(phone.page.locator("main [role=group] button").nth(right))
    else:
        phone.page.locator("main section form input").fill(answers.accepted[0])
        phone.tap("app.play.answer.give")
    phone.wait_until(lambda: not question(phone).is_visible() or shown(phone) != stage)


def question(phone: Phone) -> Locator:
    return phone.page.locator("main section form, main section [role=group]").first


def shown(phone: Phone) -> str:
    """The heading of the stop that is shown; empty where none is."""
    return str(phone.page.evaluate("document.querySelector('#stage')?.innerText.trim() ?? ''"))
