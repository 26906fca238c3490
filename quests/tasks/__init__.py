"""The task kinds. A new kind is one file beside this one and one name in `AnyTask`.

Its key (the struct's tag) is stored: never renamed, never reused. The pack checker, the API's schemas,
the documentation's table and the property tests draw from this list.
"""

from typing import get_args

from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.count import Count
from quests.tasks.dwell import Dwell
from quests.tasks.feel import Feel
from quests.tasks.kind import Body, Checked, Scene, Task, Verdict
from quests.tasks.listen import Listen
from quests.tasks.look import Look
from quests.tasks.meet import Meet
from quests.tasks.order import Order
from quests.tasks.photo import Photo
from quests.tasks.record import Record
from quests.tasks.reflect import Reflect
from quests.tasks.scan import Scan

AnyTask = (
    Arrive
    | Answer
    | Choice
    | Scan
    | Dwell
    | Count
    | Photo
    | Record
    | Reflect
    | Feel
    | Look
    | Listen
    | Meet
    | Order
)

TASK_KINDS: tuple[type[Task], ...] = get_args(AnyTask)

__all__ = ["TASK_KINDS", "AnyTask", "Body", "Checked", "Scene", "Task", "Verdict"]
