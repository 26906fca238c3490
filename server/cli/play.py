"""`rotfaste play`: a quest played over HTTP as a phone would, along a recorded track."""

import contextlib
import json
import tomllib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import click
import msgspec
import psycopg

from content.packs.model import Private
from content.packs.writing import write_members
from geo.fences import start_of
from geo.positions import Position
from geo.tracks import Track
from media.kinds import media_type
from quests.closures import Closure
from quests.codes import typed_code
from quests.model import Quest, read_quest
from quests.moves import to_millisecond
from server.cli.playing.answering import Knowledge
from server.cli.playing.calls import Api, CallError, Credentials
from server.cli.playing.hearing import Hearing, offline_batches
from server.cli.playing.laying import MOST_STAGES, laid_pack
from server.cli.playing.lines import Line, not_visited, visited
from server.cli.playing.phone import KnownClosures, Phone, Visit, closure_of_feature
from server.cli.playing.walks import STOP_FIRST_MPS, share_at_speed, timed, walk_of
from server.config import read_settings
from server.readers.gpx import GpxError, read_gpx_file
from server.use_cases.problem import Problem
from server.use_cases.publish import publish_pack, set_state
from server.wiring import open_database

URL = "http://localhost:8123"
IN_A_VEHICLE = 0.5  # of the way


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played, and how."""

    gpx: Path
    code: str | None = None
    lay: int | None = None
    url: str = URL
    accuracy_m: float | None = None
    move: bool = False
    noise: bool = False
    answers: Private | None = None
    language: str = "sv"
    seed: int = 1
    wrong: bool = False
    offline: int | None = None
    passenger: bool = False
    insecure_local: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """How it went. `view`: the journey as the server showed it last."""

    quest: Quest
    journey: str
    lines: tuple[Line, ...]
    view: dict[str, Any]
    differences: tuple[str, ...]
    moves: int
    requests: int

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.quest.code,
            "version": self.quest.version,
            "journey": self.journey,
            "stages": msgspec.to_builtins(self.lines),
            "finished": self.view.get("finished"),
            "settled": self.view.get("settled"),
            "stages_in_all": self.view.get("stages_in_all"),
            "score": self.view.get("score"),
            "moves": self.moves,
            "requests": self.requests,
            "differences": self.differences,
        }


@click.command("play")
@click.argument("code", required=False)
@click.option(
    "--gpx",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The recorded track to walk; its times are shifted so that the walk ends now.",
)
@click.option("--url", default=URL, show_default=True, help="The server.")
@click.option(
    "--accuracy",
    "accuracy_m",
    type=click.FloatRange(0.1, 10_000),
    help="How well each position is known, in metres; without it what the file says (hdop), or 12.",
)
@click.option("--move", is_flag=True, help="Move the track to the quest's start.")
@click.option(
    "--lay",
    type=click.IntRange(1, MOST_STAGES),
    metavar="N",
    help="Lay a quest of N stages on the track and play that. For operators and developers: the quest is published "
    "in this installation's database, which the server must have too, and withdrawn when it was played.",
)
@click.option("--keep", is_flag=True, help="Leave a laid quest published.")
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A pack's private.toml: the answers and printed codes that somebody finds out by being there.",
)
@click.option("--language", default="sv", show_default=True, help="The player's language.")
@click.option("--seed", default=1, show_default=True, help="For what is left to chance.")
@click.option("--wrong", is_flag=True, help="Claim to be there too early and answer wrongly first.")
@click.option("--noise", is_flag=True, help="Put every position off by as much as its accuracy says.")
@click.option(
    "--offline",
    type=click.IntRange(1, 100),
    metavar="K",
    help="Hold all moves back until the end; then send them shuffled, some twice, in K batches.",
)
@click.option("--passenger", is_flag=True, help="Play also with a car's or an aircraft's track.")
@click.option(
    "--insecure-local", is_flag=True, help="Take any certificate from a machine of your own network."
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON value at the end, and nothing else on the way."
)
def command(answers_file: Path | None, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401  what click read
    """Play a quest over HTTP along a recorded track, as a phone would."""
    wish = Wish(answers=None if answers_file is None else read_answers(answers_file), **options)

    def tell(text: str) -> None:
        click.echo(text, err=as_json)

    try:
        played = play_along(wish, tell=tell, show=(lambda _: None) if as_json else click.echo)
    except GpxError as error:
        raise click.ClickException(f"{wish.gpx}: {error}") from None
    except CallError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(played.as_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(_ending(played))
    for difference in played.differences:
        click.secho(f"THE PHONE AND THE SERVER DIFFER: {difference}", fg="red", bold=True, err=True)
    if played.differences:
        raise click.exceptions.Exit(1)


def read_answers(file: Path) -> Private:
    """Raises click.ClickException for a file that is not a pack's private part."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Private)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise click.ClickException(f"{file} is not a pack's private.toml: {error}") from None


def play_along(wish: Wish, *, tell: Callable[[str], None], show: Callable[[Line], None]) -> Played:
    """Plays it all. Raises CallError, GpxError, and click.ClickException for what was asked wrongly."""
    if (wish.code is None) == (wish.lay is None):
        raise click.UsageError("Give the CODE of a quest, or --lay N, and not both.")
    if wish.lay is not None and wish.move:
        raise click.UsageError("A quest that is laid on the track is where the track is: leave --move out.")
    code = None if wish.code is None else _meant(wish.code)
    track, name = _playable_track(wish, tell)
    who = Credentials.new()
    with contextlib.ExitStack() as stack:
        api = Api(wish.url, wish.language, insecure_local=wish.insecure_local, tell=tell)
        stack.callback(api.close)
        api.register(who)
        private = wish.answers
        if wish.lay is not None:
            code, private = stack.enter_context(_laid(track, wish.lay, name, wish))
            tell(f"Laid {wish.lay} stages on the track as {code}.")
        quest, closures = _take_kit(api, who, str(code), wish)
        return _Play(wish, api, who, quest, private, closures, tell, show).along(track)


@dataclass(frozen=True, slots=True)
class _Play:
    wish: Wish
    api: Api
    who: Credentials
    quest: Quest
    private: Private | None
    closures: KnownClosures
    tell: Callable[[str], None]
    show: Callable[[Line], None]

    def along(self, track: Track) -> Played:
        wish, quest = self.wish, self.quest
        start = _start(quest) if wish.move else None
        if wish.move and start is None:
            self.tell("The quest can be played anywhere; the track stays where it is.")
        errors = Random(f"errors {wish.seed}") if wish.noise else None  # noqa: S311  repeatable, and no secret
        chance = Random(wish.seed)  # noqa: S311  the same
        now = datetime.now(UTC)
        walk = walk_of(track, now, accuracy_m=wish.accuracy_m, start=start, errors=errors)
        phone = Phone(
            quest,
            Knowledge(quest, self.private, wish.wrong, chance),
            walk,
            player=self.who.player,
            device=self.who.device,
            language=wish.language,
            closures=self.closures,
        )
        journey = str(uuid.uuid4())
        self._put(journey, min(step.at for step in walk.steps))
        hearing = Hearing(
            quest, wish.language, lambda moves: self.api.submit(self.who, journey, moves), self.closures
        )
        lines = list(self._visits(phone, hearing, chance))
        seen = {line.stage for line in lines}
        for stage in quest.stages:
            if stage.key not in seen:
                lines.append(not_visited(phone, stage))
                self.show(lines[-1])
        hearing.expect(phone.journey)
        return Played(
            quest=quest,
            journey=journey,
            lines=tuple(lines),
            view=hearing.view,
            differences=tuple(hearing.differences),
            moves=len(hearing.told),
            requests=hearing.requests,
        )

    def _put(self, journey: str, started_at: datetime) -> None:
        body = {
            "quest": self.quest.id,
            "quest_version": self.quest.version,
            "players": [self.who.player],
            "started_at": msgspec.to_builtins(to_millisecond(started_at)),
        }
        self.api.put_journey(self.who, journey, body)

    def _visits(self, phone: Phone, hearing: Hearing, chance: Random) -> Iterator[Line]:
        """Each visit's line, once its moves are heard: at once, or offline after them all."""
        if self.wish.offline is None:
            for visit in phone.play():
                hearing.hear(visit.made)
                yield self._shown(phone, hearing, visit)
            if not hearing.requests:
                hearing.hear(())
            return
        visits = list(phone.play())
        made = [one for visit in visits for one in visit.made]
        for batch in offline_batches(made, self.wish.offline, chance):
            hearing.hear(batch)
        for visit in visits:
            yield self._shown(phone, hearing, visit)

    def _shown(self, phone: Phone, hearing: Hearing, visit: Visit) -> Line:
        line = visited(phone, visit, hearing.told)
        self.show(line)
        return line


def _meant(code: str) -> str:
    meant = typed_code(code)
    if meant is None:
        raise click.ClickException(
            f"{code} is no quest's code: that is JH and five signs, without 0, O, 1, I, L, S and U, which are misread."
        )
    return meant


def _playable_track(wish: Wish, tell: Callable[[str], None]) -> tuple[Track, str]:
    recording = read_gpx_file(wish.gpx)
    found = timed(recording.track)
    if found.paced:
        tell("The recording has no times that can be walked by: a pace of 4.5 km/h is assumed.")
    elif found.left_out:
        tell(f"{found.left_out} points have no time and are left out.")
    share = share_at_speed(found.track)
    if share > IN_A_VEHICLE and not found.paced:
        km_h = STOP_FIRST_MPS * 3.6
        what = f"{share:.0%} of this way went faster than {km_h:.0f} km/h: phones would ask to stop first."
        if not wish.passenger:
            raise click.ClickException(f"{what} A passenger plays with --passenger.")
        tell(what)
    return found.track, recording.name or wish.gpx.stem


@contextlib.contextmanager
def _laid(track: Track, n: int, name: str, wish: Wish) -> Iterator[tuple[str, Private]]:
    """A quest laid on the track: published, and withdrawn when it was played. Its code, and what its author knows."""
    pack = laid_pack(track, n, name=name, seed=wish.seed)
    database = open_database(read_settings())
    try:
        try:
            receipt = publish_pack(database, write_members(pack), media_type, datetime.now(UTC))
        except Problem as problem:
            raise click.ClickException(f"The laid quest cannot be published: {problem.facts}") from None
        except psycopg.Error as error:
            reason = str(error).strip().partition("\n")[0]
            raise click.ClickException(
                f"--lay publishes in this installation's database, which says no: {reason}. Does it run, and is it "
                "migrated (make run, or DATABASE_URL)?"
            ) from None
        try:
            yield receipt.code, pack.private
        finally:
            if not wish.keep:
                set_state(database, receipt.code, "withdrawn", datetime.now(UTC))
    finally:
        database.close()


def _take_kit(api: Api, who: Credentials, code: str, wish: Wish) -> tuple[Quest, KnownClosures]:
    try:
        kit = api.kit(who, code)
    except CallError as error:
        if wish.lay is not None and error.code == "unknown-quest":
            raise CallError(
                f"{wish.url} does not know the laid quest: it was published in the database of this installation "
                "(rotfaste config), and that server has another."
            ) from None
        raise
    try:
        of_kit, listed = kit["closures"], api.closures()
        known = KnownClosures(
            of_kit["revision"],
            msgspec.convert(of_kit["closures"], tuple[Closure, ...]),
            listed["revision"],
            tuple(map(closure_of_feature, listed["features"])),
        )
        return read_quest(kit["quest"]), known
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise CallError(f"The kit of {code} is of a form that is not known here: {error}") from None


def _start(quest: Quest) -> Position | None:
    """Where one sets out: the first place that is open from the start, else the first of all."""
    opening = quest.opening
    placed = [stage for stage in quest.stages if stage.place is not None]
    first = next((stage for stage in placed if opening[stage.key] is None), next(iter(placed), None))
    return None if first is None or first.place is None else start_of(first.place.drawn)


def _ending(played: Played) -> str:
    """The journey's end, and whether phone and server told the same."""
    view = played.view
    end = "finished" if view.get("finished") else "not finished"
    said = [
        f"{view.get('title')} ({played.quest.code}): {end}, {view.get('settled')} of {view.get('stages_in_all')} settled"
    ]
    if score := view.get("score"):
        said[0] += f", {score.get('right')} of {score.get('of')} right"
        if score.get("tie_break_off_by") is not None:
            said[0] += f", tie-break off by {score['tie_break_off_by']:g}"
    said.append(f"{played.moves} moves in {played.requests} requests; journey {played.journey}")
    if not played.differences:
        said.append("The phone's own judgement and the server's were the same throughout.")
    return "\n".join(said)
