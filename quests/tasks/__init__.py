"""The task kinds. A new kind is one file beside this one and one name in `AnyTask`.

Its key (the struct's tag) is stored: never renamed, never reused. The pack checker, the API's schemas,
the documentation's table and the property tests draw from this list.
"""

from typing import get_args

from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.kind import Body, Scene, Task, Verdict
from quests.tasks.scan import Scan

AnyTask = Arrive | Answer | Choice | Scan

TASK_KINDS: tuple[type[Task], ...] = get_args(AnyTask)

__all__ = ["TASK_KINDS", "AnyTask", "Body", "Scene", "Task", "Verdict"]
