"""`rotfaste play` against the application over HTTP: it plays to the end, says what it sees, and tells every lie."""

import base64
import itertools
import json
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import WSGIRequestHandler, make_server

from content.closures import Announced
from content.packs.model import Consent, Pack, PrintedCode, Private, QuestSheet, StagePrivate, TaskAnswers
from content.packs.writing import write_members
from geo.fences import start_of
from geo.positions import Position, bearing_deg, destination, distance_m
from media.kinds import media_type
from quests.codes import printed_code
from quests.model import CirclePlace, QuestTexts, Stage, StageTexts, TaskTexts
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.scan import Scan
from server.app import create
from server.cli import main
from server.cli.certificate import make_certificate
from server.cli.play import Wish, play_along
from server.config import CHECKOUT, read_settings
from server.readers.packs import read_members
from server.use_cases import closures
from server.use_cases.publish import publish_pack
from server.wiring import open_database

SQUARE = Position(14.63566, 63.1792)
QUESTS = CHECKOUT / "seed_data/quests"
EVERY = sorted(str(sheet.parent.relative_to(QUESTS)) for sheet in QUESTS.rglob("quest.toml"))
# Those with places all, of the others every sixth: test_seed_quests.py plays all of them without a server.
SHIPPED = [slug for place, slug in enumerate(EVERY) if place % 6 == 0 or not slug.startswith("anywhere/")]
STEP_M = 15.0
PACE_MPS = 1.4

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


# -------------------------------------------------------------------------------------------- the walks


def way(*corners: Position) -> list[Position]:
    """A point every 15 m along straight lines."""
    points = [corners[0]]
    for a, b in pairwise(corners):
        length_m, towards = distance_m(a, b), bearing_deg(a, b)
        steps = max(1, round(length_m / STEP_M))
        points += [destination(a, towards, length_m * step / steps) for step in range(1, steps + 1)]
    return points


LOOP = way(SQUARE, destination(SQUARE, 90, 700), destination(destination(SQUARE, 90, 700), 0, 700))


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Path]:
    """A file with a recording of that way."""

    def write(points: Sequence[Position] = LOOP, *, pace_mps: float = PACE_MPS, timed: bool = True) -> Path:
        at = datetime(2019, 5, 1, 8, tzinfo=UTC)
        lines = []
        for a, b in pairwise([points[0], *points]):
            at += timedelta(seconds=distance_m(a, b) / pace_mps)
            time = f"<time>{at.isoformat()}</time>" if timed else ""
            lines.append(f'<trkpt lat="{b.lat:.7f}" lon="{b.lon:.7f}">{time}</trkpt>\n')
        file = tmp_path / "walk.gpx"
        file.write_text(f'<gpx version="1.1">\n<trk><trkseg>\n{"".join(lines)}</trkseg></trk></gpx>')
        return file

    return write


# ------------------------------------------------------------------------------------------- the server


class Silent(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def listening(application: Wsgi, ssl_context: tuple[str, str] | None = None) -> Iterator[str]:
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=Silent, ssl_context=ssl_context
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'https' if ssl_context else 'http'}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def of_this_server(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> dict[str, str]:
    limits = {f"ROTFASTE_LIMIT_{name}": "0" for name in ("PER_TOKEN", "PER_ADDRESS", "NEW_PLAYERS")}
    return {
        "DATABASE_URL": database_url,
        "ROTFASTE_DATA": str(tmp_path_factory.mktemp("played")),
        "ROTFASTE_LOG_LEVEL": "error",
        **limits,
    }


@pytest.fixture(scope="session")
def application(of_this_server: dict[str, str]) -> Iterator[Wsgi]:
    app = create(read_settings(of_this_server))
    yield app
    app.edge.database.close()


@pytest.fixture(scope="session")
def address(application: Wsgi) -> Iterator[str]:
    with listening(application) as found:
        yield found


@pytest.fixture
def url(address: str, database: str) -> str:
    """A server over a database that is emptied after the test."""
    return address


@pytest.fixture
def environ(of_this_server: dict[str, str], database: str) -> dict[str, str]:
    return dict(of_this_server)


@dataclass(frozen=True)
class Seen:
    """What came of a command: its JSON, and what it said beside."""

    result: Result

    @property
    def value(self) -> dict[str, Any]:
        assert self.result.exit_code == 0, self.result.output
        value: dict[str, Any] = json.loads(self.result.stdout)
        return value

    @property
    def stages(self) -> list[dict[str, Any]]:
        stages: list[dict[str, Any]] = self.value["stages"]
        return stages

    @property
    def codes(self) -> dict[str | None, list[str]]:
        return {stage["stage"]: [one["code"] for one in stage["judged"]] for stage in self.stages}


@pytest.fixture
def run(environ: dict[str, str], url: str) -> Callable[..., Seen]:
    def play(*arguments: str | Path, at: str = url) -> Seen:
        line = ["play", "--url", at, "--json", *map(str, arguments)]
        return Seen(CliRunner().invoke(main, line, env=environ))

    return play


@pytest.fixture
def publish(environ: dict[str, str]) -> Iterator[Callable[[Pack], str]]:
    database = open_database(read_settings(environ))

    def put(pack: Pack) -> str:
        return publish_pack(database, write_members(pack), media_type, datetime.now(UTC)).code

    yield put
    database.close()


def pack(*stages: Stage, private: Private, feedback: Literal["at_once", "at_end"] = "at_once") -> Pack:
    """A trail that says as little as a trail may."""
    texts = QuestTexts(
        title="Prov",
        summary="Prov",
        stages={
            stage.key: StageTexts(
                title=stage.key,
                tasks={
                    task.key: TaskTexts(
                        prompt=f"{task.key}?",
                        options={option: option for option in getattr(task, "options", ())},
                    )
                    for task in stage.tasks
                },
            )
            for stage in stages
        },
    )
    sheet = QuestSheet(
        id="0c3a2a52-3f3f-4b1e-9d3f-6f3f6a3f2a52",
        code="JH23456",
        kind="trail",
        languages=("sv",),
        stages=stages,
        feedback=feedback,
    )
    return Pack(sheet=sheet, texts={"sv": texts}, private=private, sources="Made for a test.\n")


def at(position: Position) -> CirclePlace:
    return CirclePlace(lon=round(position.lon, 6), lat=round(position.lat, 6))


# ------------------------------------------------------------------------------------------- it is played


def test_a_quest_laid_on_a_walk_is_played_to_its_end(
    run: Callable[..., Seen], record: Callable[..., Path]
) -> None:
    seen = run("--lay", "9", "--gpx", record())

    assert seen.value["finished"]
    assert (seen.value["settled"], seen.value["stages_in_all"], seen.value["differences"]) == (9, 9, [])
    assert [stage["certainty"] for stage in seen.stages] == ["inside"] * 9
    # Place and a checked answer; every third stage's choice and number and word are checked in full.
    assert [stage["trust"] for stage in seen.stages] == [3] * 9
    assert set(Counter(code for codes in seen.codes.values() for code in codes)) == {"done"}


def test_times_are_shifted_so_that_the_walk_ends_now(
    record: Callable[..., Path], url: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk of 2019 would be heard too late for more than trust 1."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    played = play_along(Wish(gpx=record(), lay=3, url=url), tell=_ignore, show=_ignore)

    assert all(line.trust == 3 for line in played.lines)
    walk_min = (len(LOOP) - 1) * STEP_M / PACE_MPS / 60
    minutes = [line.minutes for line in played.lines]
    assert minutes == sorted(minutes, key=lambda one: one or 0.0)
    assert all(minute is not None and 0 < minute < walk_min for minute in minutes)


def _ignore(_: object) -> None:
    pass


@pytest.mark.parametrize("batches", [1, 2, 7])
def test_offline_the_same_journey_comes_of_it(
    run: Callable[..., Seen], record: Callable[..., Path], batches: int
) -> None:
    """Held back, shuffled, some of it sent twice."""
    walk = record()

    online = run("--lay", "6", "--gpx", walk, "--wrong", "--seed", "3")
    offline = run("--lay", "6", "--gpx", walk, "--wrong", "--seed", "3", "--offline", str(batches))

    assert offline.stages == online.stages
    assert offline.value["moves"] == online.value["moves"]
    assert (online.value["requests"], offline.value["requests"]) == (6, batches)


def test_who_answers_wrongly_and_too_early_misses_and_comes_through(
    run: Callable[..., Seen], record: Callable[..., Path]
) -> None:
    seen = run("--lay", "3", "--gpx", record(), "--wrong")

    assert seen.value["finished"]
    assert list(seen.codes.values()) == [["too-far", "done", "wrong-answer", "done"]] * 3
    assert all(stage["judged"][0]["away_m"] > 30 for stage in seen.stages)


@pytest.mark.parametrize("accuracy, classes", [(10, {"inside"}), (45, {"near", "weak"}), (90, {"weak"})])
def test_an_honest_walker_passes_whatever_the_receiver_makes_of_it(
    run: Callable[..., Seen], record: Callable[..., Path], accuracy: int, classes: set[str]
) -> None:
    seen = run("--lay", "9", "--gpx", record(), "--noise", "--accuracy", str(accuracy))

    assert seen.value["finished"]
    found = Counter(stage["certainty"] for stage in seen.stages)
    assert classes <= set(found)
    for stage in seen.stages:
        by_own_word = "self-report" in [one["code"] for one in stage["judged"]]
        assert by_own_word == (stage["certainty"] in {"outside", "unusable"})
        assert stage["trust"] >= (2 if by_own_word else 3 if stage["certainty"] != "weak" else 2)


def test_with_a_hopeless_receiver_the_walker_says_so_and_passes(
    run: Callable[..., Seen], record: Callable[..., Path]
) -> None:
    seen = run("--lay", "4", "--gpx", record(), "--accuracy", "500")

    assert seen.value["finished"]
    assert [codes[0] for codes in seen.codes.values()] == ["self-report"] * 4
    assert {stage["certainty"] for stage in seen.stages} == {"unusable"}


def test_a_laid_quest_is_withdrawn_when_it_was_played(
    run: Callable[..., Seen], record: Callable[..., Path], url: str
) -> None:
    walk = record()
    code = run("--lay", "2", "--gpx", walk).value["code"]
    gone = run(code, "--gpx", walk)

    kept = run("--lay", "2", "--gpx", walk, "--keep").value["code"]
    again = run(kept, "--gpx", walk)

    assert gone.result.exit_code == 1
    assert "quest-withdrawn" in gone.result.stderr
    assert again.value["code"] == kept == code


@pytest.mark.parametrize(
    "slug, language", list(zip(SHIPPED, itertools.cycle(["sv", "en", "sv-simple"]), strict=False))
)
def test_every_shipped_quest_can_be_played(
    run: Callable[..., Seen],
    record: Callable[..., Path],
    publish: Callable[[Pack], str],
    environ: dict[str, str],
    slug: str,
    language: str,
) -> None:
    folder = QUESTS / slug
    database = open_database(read_settings(environ))
    receipt = publish_pack(database, read_members(folder).members, media_type, datetime.now(UTC))
    database.close()
    sheet = msgspec.toml.decode((folder / "quest.toml").read_bytes(), type=QuestSheet)
    places = [start_of(stage.place.drawn) for stage in sheet.stages if stage.place]
    walk = record(way(*places, destination(places[-1], 0, 200), places[-1]) if places else LOOP)
    answers = ["--answers", folder / "private.toml"] if (folder / "private.toml").exists() else []

    seen = run(receipt.code, "--gpx", walk, "--language", language, *answers)

    assert seen.value["finished"]
    if sheet.feedback == "at_end":
        score = seen.value["score"]
        assert (score["right"], score["tie_break_off_by"]) == (score["of"], 0.0 if sheet.tie_break else None)


def test_a_wrong_row_scores_nothing(
    run: Callable[..., Seen], record: Callable[..., Path], publish: Callable[[Pack], str]
) -> None:
    """And in a tipspromenad nobody is told before the row is handed in."""
    tips = [Stage(key=f"q{n}", tasks=(Choice(key="row", options=("1", "X", "2")),)) for n in range(1, 5)]
    right = {stage.key: StagePrivate(tasks={"row": TaskAnswers(accepted=("X",))}) for stage in tips}
    code = publish(pack(*tips, private=Private(stages=right), feedback="at_end"))
    walk = record()

    knowing = run(code, "--gpx", walk)
    wrong = run(code, "--gpx", walk, "--wrong")

    assert {key: codes for key, codes in knowing.codes.items() if key} == {
        f"q{n}": ["kept"] for n in range(1, 5)
    }
    assert knowing.codes[None] == ["handed-in"]
    assert (knowing.value["score"]["right"], wrong.value["score"]["right"]) == (4, 0)


def test_generic_stages_are_found_evenly_along_the_way(
    run: Callable[..., Seen], record: Callable[..., Path], publish: Callable[[Pack], str]
) -> None:
    stages = [Stage(key=f"s{n}", tasks=(Arrive(key="be-there"),)) for n in range(4)]
    code = publish(pack(*stages, private=Private()))

    seen = run(code, "--gpx", record())

    minutes = [stage["minutes"] for stage in seen.stages]
    whole_min = distance_m(LOOP[0], LOOP[-1]) * 2**0.5 / PACE_MPS / 60
    assert minutes == pytest.approx([whole_min * (n + 0.5) / 4 for n in range(4)], abs=0.3)


WORDS = (
    Stage(key="start", place=at(LOOP[10]), tasks=(Arrive(key="be-there"),)),
    Stage(key="name", place=at(LOOP[30]), tasks=(Arrive(key="be-there"), Answer(key="whose"))),
    Stage(key="post", place=at(LOOP[60]), physical="print", tasks=(Scan(key="code"),)),
    Stage(key="end", place=at(LOOP[80]), tasks=(Arrive(key="be-there"),)),
)
KNOWN = Private(
    stages={
        "name": StagePrivate(tasks={"whose": TaskAnswers(accepted=("Wifstavarf",), wrong=("Ströms bruk",))}),
        "post": StagePrivate(
            consent=Consent(status="granted", by="The test", date="2026-01-01"),
            codes=(PrintedCode(rev=1, code=printed_code(bytes(range(16)))),),
        ),
    }
)


def test_what_cannot_be_known_leaves_the_stage_open_and_says_what_is_needed(
    run: Callable[..., Seen], record: Callable[..., Path], publish: Callable[[Pack], str]
) -> None:
    seen = run(publish(pack(*WORDS, private=KNOWN)), "--gpx", record())

    assert not seen.value["finished"]
    assert [stage["state"] for stage in seen.stages] == ["satisfied", "open", "later", "later"]
    assert seen.stages[1]["unanswered"] == [{"task": "whose", "wants": "answer", "prompt": "whose?"}]


def test_who_was_told_the_answers_comes_through(
    run: Callable[..., Seen], record: Callable[..., Path], publish: Callable[[Pack], str], tmp_path: Path
) -> None:
    code = publish(pack(*WORDS, private=KNOWN))
    private = tmp_path / "private.toml"
    private.write_bytes(write_members(pack(*WORDS, private=KNOWN))["private.toml"])

    seen = run(code, "--gpx", record(), "--answers", private, "--wrong")

    assert seen.value["finished"]
    assert seen.codes["name"] == ["too-far", "done", "wrong-answer", "done"]
    assert seen.codes["post"] == ["not-our-code", "done"]
    assert run(code, "--gpx", record(), "--answers", record()).result.exit_code == 1


def test_a_track_from_elsewhere_is_moved_to_the_start_and_passes_by_the_rest(
    run: Callable[..., Seen], record: Callable[..., Path], publish: Callable[[Pack], str]
) -> None:
    code = publish(pack(*WORDS, private=KNOWN))
    far = Position(7.84, 47.99)
    walk = record(way(far, destination(far, 180, 600)))

    unmoved, moved = run(code, "--gpx", walk), run(code, "--gpx", walk, "--move")

    assert [stage["state"] for stage in unmoved.stages] == ["open", "later", "later", "later"]
    assert unmoved.stages[0]["away_m"] > 1_000_000
    assert [stage["state"] for stage in moved.stages] == ["satisfied", "open", "later", "later"]
    from_start_m = distance_m(LOOP[10], LOOP[30])
    assert moved.stages[1]["away_m"] == pytest.approx(from_start_m - 30, abs=STEP_M)


def test_what_is_printed_is_one_line_for_each_stage(
    record: Callable[..., Path], url: str, environ: dict[str, str]
) -> None:
    line = ["play", "--url", url, "--lay", "3", "--gpx", str(record()), "--wrong"]

    shown = CliRunner().invoke(main, line, env=environ).stdout.splitlines()

    assert shown[0].startswith("Laid 3 stages on the track as JH")
    assert [one.split("min")[1].split()[:3] for one in shown[1:4]] == [[str(n), "of", "3"] for n in (1, 2, 3)]
    assert all("inside, 0 m away, ±12 m, trust 3 | here: missed (too-far, " in one for one in shown[1:4])
    assert "finished, 3 of 3 settled" in shown[4]
    assert shown[-1] == "The phone's own judgement and the server's were the same throughout."


# ------------------------------------------------------------------------------------------ closed ground


def close(environ: dict[str, str], at: Position, half_m: float = 60) -> None:
    """From yesterday until tomorrow."""
    corners = [destination(at, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315)]
    ring = tuple((round(one.lon, 6), round(one.lat, 6)) for one in corners)
    now = datetime.now(UTC).replace(microsecond=0)
    closure = Announced(
        id=str(uuid.uuid4()),
        kind="calving",
        area=(((*ring, ring[0]),),),
        starts=now - timedelta(days=1),
        ends=now + timedelta(days=1),
        authority="Samebyn",
        texts={},
    )
    database = open_database(read_settings(environ))
    closures.load(database, [closure], now)
    database.close()


@pytest.mark.parametrize("offline", [(), ("--offline", "3")], ids=["online", "offline"])
def test_on_closed_ground_phone_and_server_refuse_the_same_moves(
    run: Callable[..., Seen],
    record: Callable[..., Path],
    publish: Callable[[Pack], str],
    environ: dict[str, str],
    offline: tuple[str, ...],
) -> None:
    """Around a stage with a place by the kit, and where a generic stage is found by the whole list."""
    generic = Stage(key="find", tasks=(Arrive(key="be-there"),))
    code = publish(pack(WORDS[0], generic, WORDS[3], private=Private()))
    close(environ, LOOP[80])
    walk = record()

    near = run(code, "--gpx", walk, *offline)
    close(environ, LOOP[len(LOOP) // 2], half_m=100)
    everywhere = run(code, "--gpx", walk, *offline)

    assert near.codes == {"start": ["done"], "find": ["done"], "end": ["closed-ground"]}
    assert everywhere.codes["find"] == ["closed-ground"]
    assert near.value["differences"] == everywhere.value["differences"] == []
    assert not near.value["finished"]


def test_a_server_that_forgets_closures_is_caught(
    run: Callable[..., Seen],
    record: Callable[..., Path],
    publish: Callable[[Pack], str],
    environ: dict[str, str],
    application: Wsgi,
) -> None:
    code = publish(pack(WORDS[0], private=Private()))
    close(environ, LOOP[10])

    def forgetful(asked: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if asked["PATH_INFO"].endswith("/moves"):
            body = json.loads(asked["wsgi.input"].read(int(asked["CONTENT_LENGTH"])))
            for move in body["moves"]:
                del move["closures_revision"]
            data = json.dumps(body).encode()
            asked = {**asked, "wsgi.input": _Body(data), "CONTENT_LENGTH": str(len(data))}
        return application(asked, start_response)

    with listening(forgetful) as address:
        seen = run(code, "--gpx", record(), at=address)

    assert seen.result.exit_code == 1
    assert 'code: the phone says "closed-ground", the server "done"' in seen.result.stderr


# -------------------------------------------------------------------------------------- every lie is told


def tampering(application: Wsgi, change: Callable[[dict[str, Any]], None]) -> Wsgi:
    """The application, with its answers to moves changed on their way."""

    def changed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/moves"):
            return application(environ, start_response)
        said: list[Any] = []
        body = b"".join(application(environ, lambda *told: said.extend(told)))
        value = json.loads(body)
        change(value)
        data = json.dumps(value).encode()
        kept = [(name, text) for name, text in said[1] if name.lower() != "content-length"]
        start_response(said[0], [*kept, ("Content-Length", str(len(data)))])
        return [data]

    return changed


def _lie(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    *steps, last = path.split("/")

    def lie(answer: Any) -> None:
        for step in steps:
            answer = answer[int(step)] if isinstance(answer, list) else answer[step]
        answer[last] = value

    return lie


@pytest.mark.parametrize(
    "lie, told",
    [
        (_lie("outcomes/0/outcome", "missed"), 'outcome: the phone says "accepted", the server "missed"'),
        (_lie("outcomes/0/code", "kept"), 'code: the phone says "done", the server "kept"'),
        (_lie("outcomes/0/details", {"away_m": 3}), "details:"),
        (_lie("outcomes/0/trust", 1), "trust: the phone says 2, the server 1"),
        (_lie("outcomes/0/trust", 4), "trust: the phone says 2, the server 4"),
        (_lie("outcomes/0/outcome", "duplicate"), "sent for the first time, and told duplicate"),
        (_lie("outcomes", []), "the outcomes are not one for each"),
        (_lie("journey/finished", True), "journey/finished: the phone says false, the server true"),
        (
            _lie("journey/stages/0/state", "open"),
            'journey/stages/0/state: the phone says "satisfied", the server "open"',
        ),
        (_lie("journey/stages/0/trust", 1), "journey/stages/0/trust: the phone says 2, the server 1"),
        (_lie("journey/stages", []), "journey/stages:"),
        (_lie("journey/after", "Bra!"), 'journey/after: the phone says "", the server "Bra!"'),
    ],
)
def test_where_the_server_says_otherwise_it_is_told_loudly(
    run: Callable[..., Seen],
    record: Callable[..., Path],
    application: Wsgi,
    lie: Callable[[dict[str, Any]], None],
    told: str,
) -> None:
    first = iter([lie])

    def lie_once(answer: dict[str, Any]) -> None:
        next(first, _ignore)(answer)

    with listening(tampering(application, lie_once)) as address:
        result = run("--lay", "3", "--gpx", record(), at=address).result

    assert result.exit_code == 1
    assert "THE PHONE AND THE SERVER DIFFER" in result.stderr
    assert told in result.stderr
    assert json.loads(result.stdout)["differences"] != []


def test_an_answer_lost_on_its_way_costs_nothing(
    run: Callable[..., Seen], record: Callable[..., Path], application: Wsgi
) -> None:
    """Every request is heard, and its first answer is not: what is sent again is told as a duplicate, and agreed to."""
    seen: set[tuple[str, str, bytes]] = set()

    def losing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Body(data)
        asked = (environ["REQUEST_METHOD"], environ["PATH_INFO"], data)
        if asked in seen:
            return application(environ, start_response)
        seen.add(asked)
        b"".join(application(environ, lambda *_: None))
        start_response("503 Service Unavailable", [("Retry-After", "0"), ("Content-Length", "0")])
        return [b""]

    with listening(losing) as address:
        found = run("--lay", "3", "--gpx", record(), at=address)

    assert found.value["finished"]
    assert "The server asks to wait 0 s (503)." in found.result.stderr


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        cut = len(self._data) if size < 0 else size
        found, self._data = self._data[:cut], self._data[cut:]
        return found

    def readinto(self, into: bytearray) -> int:
        found = self.read(len(into))
        into[: len(found)] = found
        return len(found)


# --------------------------------------------------------------------------------- what goes wrong is said


def said(result: Result) -> str:
    assert result.exit_code in {1, 2}, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    return result.stderr


def test_nobody_there(run: Callable[..., Seen], record: Callable[..., Path]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"

        text = said(run("JH23456", "--gpx", record(), at=address).result)

    assert f"Nobody answers at {address} (Connection refused). Is it started (make run)?" in text


@pytest.mark.parametrize(
    "address", ["ftp://localhost", "localhost:8123", "http://", "http://[::1", "http://a:b"]
)
def test_an_address_that_is_none(run: Callable[..., Seen], record: Callable[..., Path], address: str) -> None:
    assert "is no address of a server" in said(run("JH23456", "--gpx", record(), at=address).result)


def test_somebody_else_answers(run: Callable[..., Seen], record: Callable[..., Path]) -> None:
    def other(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<h1>Welcome to my router</h1>"]

    with listening(other) as address:
        text = said(run("JH23456", "--gpx", record(), at=address).result)

    assert "answers (200), but not as Rotf" in text


def test_an_unknown_code_is_said_in_the_players_language(
    run: Callable[..., Seen], record: Callable[..., Path]
) -> None:
    walk = record()

    swedish = said(run("jh 234-56", "--gpx", walk).result)
    english = said(run("JH23456", "--gpx", walk, "--language", "en").result)

    assert "404 unknown-quest" in swedish
    assert "404 unknown-quest" in english
    assert swedish != english
    assert "is no quest's code" in said(run("JHOIL01", "--gpx", walk).result)


@pytest.mark.parametrize(
    "arguments, told",
    [
        ((), "Give the CODE of a quest, or --lay N"),
        (("JH23456", "--lay", "3"), "and not both"),
        (("--lay", "3", "--move"), "leave --move out"),
        (("--lay", "0"), "0 is not in the range"),
    ],
)
def test_what_does_not_go_together(
    run: Callable[..., Seen], record: Callable[..., Path], arguments: tuple[str, ...], told: str
) -> None:
    assert told in said(run(*arguments, "--gpx", record()).result)


def test_a_broken_recording_is_named_with_its_line(run: Callable[..., Seen], tmp_path: Path) -> None:
    file = tmp_path / "broken.gpx"
    file.write_text('<gpx>\n<trk><trkseg>\n<trkpt lat="63"/></trkseg></trk></gpx>')

    assert f"{file}: line 3: a point (trkpt) says no lon" in said(run("--lay", "3", "--gpx", file).result)


def test_a_recording_without_times_is_walked_at_a_pace(
    run: Callable[..., Seen], record: Callable[..., Path]
) -> None:
    seen = run("--lay", "3", "--gpx", record(timed=False))

    assert "a pace of 4.5 km/h is assumed" in seen.result.stderr
    assert seen.value["finished"]
    whole_min = 1400 / (4.5 / 3.6) / 60
    assert seen.stages[1]["minutes"] == pytest.approx(whole_min / 2, abs=0.5)


def test_whoever_drives_is_asked_to_stop_first(run: Callable[..., Seen], record: Callable[..., Path]) -> None:
    drive = record(way(SQUARE, destination(SQUARE, 0, 5000)), pace_mps=20)

    refused = said(run("--lay", "3", "--gpx", drive).result)
    passenger = run("--lay", "3", "--gpx", drive, "--passenger")

    assert "100% of this way went faster than 25 km/h: phones would ask to stop first." in refused
    assert passenger.value["finished"]
    assert "phones would ask to stop first" in passenger.result.stderr


def test_laying_without_the_database_says_what_is_missing(
    run: Callable[..., Seen], record: Callable[..., Path], environ: dict[str, str]
) -> None:
    environ["DATABASE_URL"] = "postgresql://quest@/quest?host=/nonexistent"

    assert "--lay publishes in this installation's database" in said(
        run("--lay", "3", "--gpx", record()).result
    )


def test_a_server_with_another_database_does_not_know_what_was_laid(
    run: Callable[..., Seen], record: Callable[..., Path], application: Wsgi, publish: Callable[[Pack], str]
) -> None:
    def forgetful(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/kit"):
            environ["PATH_INFO"] = "/api/v1/quests/JH99999/kit"
        return application(environ, start_response)

    with listening(forgetful) as address:
        text = said(run("--lay", "3", "--gpx", record(), at=address).result)

    assert "does not know the laid quest" in text


# ------------------------------------------------------------------------------------------------- https


def test_a_certificate_made_here_is_passed_only_when_asked(
    run: Callable[..., Seen], record: Callable[..., Path], application: Wsgi, tmp_path: Path
) -> None:
    made = make_certificate(tmp_path / "tls", ["localhost"], ["127.0.0.1"])
    walk = record()

    with listening(application, (str(made.certificate), str(made.key))) as address:
        refused = said(run("--lay", "2", "--gpx", walk, at=address).result)
        taken = run("--lay", "2", "--gpx", walk, "--insecure-local", at=address)

    assert "a certificate that is not trusted here" in refused
    assert "--insecure-local" in refused
    assert taken.value["finished"]


@pytest.mark.parametrize("host", ["rotfaste.example.se", "8.8.8.8", "[2001:4860:4860::8888]"])
def test_nobody_elses_certificate_is_passed(
    run: Callable[..., Seen], record: Callable[..., Path], host: str
) -> None:
    text = said(run("JH23456", "--gpx", record(), "--insecure-local", at=f"https://{host}").result)

    assert "--insecure-local is for machines of your own network" in text


def test_the_token_goes_nowhere_but_into_its_header(
    run: Callable[..., Seen], record: Callable[..., Path], application: Wsgi
) -> None:
    tokens: set[str] = set()

    def listening_in(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        tokens.add(environ.get("HTTP_AUTHORIZATION", "").rpartition(".")[2])
        return application(environ, start_response)

    with listening(listening_in) as address:
        result = run("--lay", "2", "--gpx", record(), at=address).result

    (token,) = tokens - {""}
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    assert token not in result.output
