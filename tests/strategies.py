"""Generated quests and moves, drawn from the registry: a new task kind is under test the day it is listed.

Values are made from the declarations themselves (their types and bounds), so nothing here names a kind.
What has to meet for a move to count (an option and the options, a text and an answer) is drawn from small
alphabets by field name.
"""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

import msgspec
from hypothesis import strategies as st

from geo.positions import Position, destination
from quests.answers import answer_bits
from quests.conditions import AllOf, AnyOf, AtLeast, Chose, Condition, Satisfied, Settled
from quests.judge import judge
from quests.model import CirclePlace, Quest, QuestTexts, Stage, StageTexts, Variant
from quests.moves import BODY_KINDS, BlockedBody, Fix, HandInBody, Move
from quests.outcomes import Judged
from quests.secrets import Heard
from quests.tasks import TASK_KINDS, Task
from quests.tasks.choice import Choice

OPTIONS = ("1", "x", "2")
WORDS = ("bro", "Älv", "sju", "7", " 7,0 ", "")
SALT = bytes(16)
BITS = tuple(sorted({answer_bits(SALT, word) for word in (*OPTIONS, "bro", "7")}))
PRINTED = "AAAAAAAAAAAAAAAAAAAAAA"
PRINTED_HASH = hashlib.sha256(bytes(16)).hexdigest()
VERSION = "a" * 64
ME = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
START = datetime(2026, 6, 20, 20, 0, tzinfo=UTC)
CENTRE = Position(14.63566, 63.1792)
SPOTS = (CENTRE, *(destination(CENTRE, bearing, away) for bearing in (90, 200) for away in (60, 400, 90_000)))

Shape = Literal["plain", "branching", "tipspromenad"]
SHAPES: tuple[Shape, ...] = get_args(Shape)

BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "option": st.sampled_from(OPTIONS),
    "options": st.just(OPTIONS),
    "text": st.sampled_from(WORDS),
    "word": st.sampled_from((*WORDS, "123456")),
    "told": st.sampled_from(WORDS),
    "number": st.sampled_from((0, 7, 12)),
    "items": st.just(OPTIONS),
    "seconds": st.just(30),
    "stayed_s": st.sampled_from((0, 30, 90)),
    "listened_s": st.sampled_from((0, 30, 90)),
    "bearing_deg": st.sampled_from((0.0, 180.0, 350.0)),
    "heading_deg": st.sampled_from((None, 0.0, 90.0, 340.0)),
    "accepted": st.sets(st.sampled_from(BITS), max_size=3).map(tuple),
    "right": st.sets(st.sampled_from(BITS), max_size=2).map(tuple),
    "code": st.sampled_from((PRINTED, PRINTED[:-1] + "Q", "something else")),
}


def structs(kind: type[msgspec.Struct], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a struct, made from its declared fields and their bounds."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    named = {**BY_NAME, **given}
    fields = {
        field.name: named[field.name] if field.name in named else _of(field.type) for field in info.fields
    }
    return st.builds(kind, **fields)


def _of(info: msgspec.inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901  one case for each kind of type
    match info:
        case msgspec.inspect.Metadata(type=inner):
            return _of(inner)
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.IntType(ge=low, le=high, lt=below):
            return st.integers(low, high if high is not None else below - 1 if below is not None else None)
        case msgspec.inspect.FloatType(ge=low, le=high, gt=above):
            return st.floats(
                low if low is not None else above, high, exclude_min=above is not None, allow_nan=False
            )
        case msgspec.inspect.StrType(pattern=pattern) if pattern is not None:
            return st.from_regex(pattern.replace("$", r"\Z"))
        case msgspec.inspect.StrType(min_length=least, max_length=most):
            return st.text(min_size=least or 0, max_size=min(most or 20, 20))
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([_of(one) for one in types])
        case msgspec.inspect.VarTupleType(item_type=item, max_length=most):
            return st.lists(_of(item), max_size=min(most or 3, 3)).map(tuple)
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_of(key), _of(value), max_size=3)
        case msgspec.inspect.StructType(cls=kind):
            return structs(kind)
    raise NotImplementedError(info)


@cache
def bodies(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    return structs(kind)


@cache
def any_body() -> st.SearchStrategy[Any]:
    return st.one_of([bodies(kind) for kind in BODY_KINDS])


@cache
def tasks(key: str) -> st.SearchStrategy[Task]:
    return st.one_of([structs(kind, key=st.just(key)) for kind in TASK_KINDS])


def stage_keys(count: int) -> list[str]:
    return [f"s{number}" for number in range(count)]


@cache
def conditions(count: int) -> st.SearchStrategy[Condition]:
    keys = stage_keys(count)
    atoms = st.one_of(
        st.builds(Settled, st.sampled_from(keys)),
        st.builds(Satisfied, st.sampled_from(keys)),
        st.builds(Chose, st.sampled_from(keys), st.just("t0"), st.sampled_from(OPTIONS)),
    )
    return st.recursive(
        atoms,
        lambda parts: st.one_of(
            st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
            st.builds(AtLeast, st.integers(1, 3), st.lists(parts, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )


@cache
def branches(count: int) -> st.SearchStrategy[Condition]:
    return st.builds(Chose, st.sampled_from(stage_keys(count)), st.just("t0"), st.sampled_from(OPTIONS))


@st.composite
def places(draw: st.DrawFn) -> CirclePlace:
    at = draw(st.sampled_from(SPOTS))
    return CirclePlace(
        lon=at.lon, lat=at.lat, radius_m=30, known_to_m=draw(st.sampled_from((10.0, 100.0, 250.0)))
    )


@cache
def question(*, right: bool) -> st.SearchStrategy[Task]:
    """A choice as in a tipspromenad, or as where ways part."""
    bits = st.sampled_from(BITS).map(lambda one: (one,)) if right else st.just(())
    return structs(Choice, key=st.just("t0"), right=bits, on_the_spot=st.just(False))


@st.composite
def quests(draw: st.DrawFn, shapes: tuple[Shape, ...] = SHAPES) -> Quest:
    """Ordered, any order, threshold, branching, hidden, varied, tipspromenad: every shape a quest may have."""
    keys = stage_keys(draw(st.integers(1, 5)))
    shape = draw(st.sampled_from(shapes))
    stages = []
    for key in keys:
        asked: list[Any] = [draw(tasks(f"t{number}")) for number in range(draw(st.integers(1, 3)))]
        opens = draw(st.none() | conditions(len(keys)))
        if shape == "branching":
            asked[0] = draw(question(right=False))
            opens = draw(st.none() | branches(len(keys)))
        elif shape == "tipspromenad":
            asked[0] = draw(question(right=True))
        varied = st.builds(
            Variant, key=st.just("dark"), place=st.none() | places(), tasks=st.none() | st.tuples(tasks("t0"))
        )
        stages.append(
            Stage(
                key=key,
                place=draw(st.none() | places()),
                tasks=tuple(asked),
                needs=draw(st.none() | st.integers(1, len(asked))),
                opens=opens,
                hidden=draw(st.booleans()),
                variants=draw(st.just(()) | st.tuples(varied)),
                codes=draw(st.just(()) | st.just((PRINTED_HASH,))),
            )
        )
    texts = QuestTexts(
        title="En runda",
        summary="En kort runda.",
        after="AFTER-QUEST",
        stages={
            key: StageTexts(
                title=f"TITLE-{key}.", way=f"WAY-{key}.", arrived=f"ARRIVED-{key}.", after=f"AFTER-{key}."
            )
            for key in keys
        },
    )
    return Quest(
        id=ME,
        code="JHABCDE",
        version=VERSION,
        kind="trail",
        order=draw(st.sampled_from(("ordered", "any"))),
        feedback="at_end" if shape == "tipspromenad" else "at_once",
        stages=tuple(stages),
        done_at=draw(st.none() | st.integers(1, len(keys))),
        finish=draw(st.none() | conditions(len(keys))),
        languages=("sv",),
        texts={"sv": texts},
    )


@st.composite
def fixes(draw: st.DrawFn, made_at: datetime) -> Fix:
    at = draw(st.sampled_from(SPOTS))
    return Fix(
        lon=at.lon,
        lat=at.lat,
        accuracy_m=draw(st.sampled_from((5.0, 40.0, 80.0, 500.0))),
        at=made_at - timedelta(seconds=draw(st.sampled_from((0, 10, 300)))),
    )


@st.composite
def moves(draw: st.DrawFn, quest: Quest) -> Move:
    """A move that often counts: its stage and task are mostly there, its body mostly of the right kind."""
    stage = draw(st.sampled_from(quest.stages))
    # The first one oftener: what branches and rows depend on is asked there.
    task = draw(st.sampled_from((*[stage.tasks[0]] * 3, *stage.tasks)))
    body = draw(draw(st.sampled_from((*[bodies(task.Body)] * 6, any_body(), bodies(BlockedBody)))))
    if isinstance(body, HandInBody) or (quest.feedback == "at_end" and draw(st.integers(0, 5)) == 0):
        body = HandInBody(
            row=draw(
                st.dictionaries(st.sampled_from([one.key for one in quest.stages]), st.sampled_from(OPTIONS))
            ),
            tie_break=draw(st.none() | st.integers(1, 999).map(float)),
        )
    made_at = START + timedelta(minutes=draw(st.integers(0, 30)))
    return Move(
        id=str(uuid.UUID(int=draw(st.integers(0, 999)), version=4)),
        by=(ME,),
        device=ME,
        made_at=made_at,
        stage=stage.key,
        variant=draw(st.sampled_from((None, None, "dark"))),
        task=task.key,
        body=body,
        fixes=tuple(draw(st.lists(fixes(made_at), max_size=3))),
        quest_version=quest.version,
    )


@st.composite
def judged_sets(
    draw: st.DrawFn, *, least: int = 0, most: int = 14, shapes: tuple[Shape, ...] = SHAPES
) -> tuple[Quest, tuple[Judged, ...]]:
    """A quest and judged moves with distinct ids."""
    quest = draw(quests(shapes))
    made = draw(st.lists(moves(quest), min_size=least, max_size=most, unique_by=lambda move: move.id))
    return quest, tuple(judge(quest, move, draw(heard(move))) for move in made)


def heard(move: Move) -> st.SearchStrategy[Heard]:
    return st.builds(
        Heard,
        at=st.sampled_from(
            (move.made_at, move.made_at + timedelta(days=40), move.made_at - timedelta(hours=1))
        ),
        equal=st.sampled_from((None, True, False)),
        tie_break=st.none() | st.just(400.0),
    )
