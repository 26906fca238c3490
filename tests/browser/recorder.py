"""Who carries a phone along a recorded track, reading for reading, with the accuracy and the pauses of the recorder."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from content.packs.model import Pack
from content.packs.writing import write_members
from geo.fences import Certainty, Circle, certainty
from geo.positions import Position
from geo.tracks import TrackPoint
from media.kinds import media_type
from server.stores.database import Database
from server.use_cases.publish import publish_pack
from tests.browser.machine import Machine
from tests.browser.phone import ACCURACY_M, Phone
from tests.browser.walking import answer_question, shown

#: The beginning of a run near Lyon; `cut_track.py` says where it is from.
LYON = Path(__file__).parent / "tracks/lyon.gpx"
LYON_POINTS = 400
#: Chromium measures, and the page's clock says when: so an hour can be walked in a minute.
BY_THE_PAGES_CLOCK = """
  const follow = Geolocation.prototype.watchPosition;
  let heard = 0;
  const waiting = [];
  Geolocation.prototype.watchPosition = function (tell, failed, wishes) {
    return follow.call(this, ({ coords }) => {
      tell({ coords, timestamp: Date.now() });
      heard += 1;
      for (const done of waiting.splice(0)) done();
    }, failed, wishes);
  };
  window.readingsHeard = () => heard;
  window.nextReading = (since) => (heard > since ? true : new Promise((done) => waiting.push(() => done(true))));
"""


@dataclass
class Walker:
    """On the way. `arrivals`: the stages that should have been come to, each with the reading at which.

    What should arrive is worked out here, with the fences of `geo`.
    """

    phone: Phone
    machine: Machine
    pack: Pack
    journey: str
    track: Sequence[TrackPoint]

    def __post_init__(self) -> None:
        self.stages = [stage.key for stage in self.pack.sheet.stages]
        self.current = 0
        self.at = 0
        self.arrivals: list[tuple[str, Position]] = []

    @property
    def fence(self) -> Circle:
        place = self.pack.sheet.stages[self.current].place
        assert place is not None
        return Circle(Position(place.lon, place.lat), place.radius_m)  # type: ignore[union-attr]

    def read(self, number: int) -> TrackPoint:
        """The phone reads its position as the recorder did, as long after the one before."""
        point, before = self.track[number], self.track[max(0, number - 1)]
        page = self.phone.page
        if number > 0 and point.at and before.at:
            page.clock.fast_forward(max(1, int((point.at - before.at).total_seconds() * 1000)))
        since = page.evaluate("readingsHeard()")
        self.phone.stand(point.position, point.accuracy_m or ACCURACY_M)
        page.evaluate("(since) => nextReading(since)", since)
        return point

    def walk(self, until: int, *, seen: Callable[[int], None] = lambda _: None) -> None:
        """On to that reading, answering wherever a stage is come to."""
        while self.at < until:
            point = self.read(self.at)
            seen(self.at)
            self.at += 1
            if self.current < len(self.stages):
                self.look(point)

    def look(self, point: TrackPoint) -> None:
        found = certainty(self.fence, point.position, point.accuracy_m or ACCURACY_M)
        if found in {Certainty.inside, Certainty.near}:
            self.arrivals.append((self.stages[self.current], point.position))
            answer_question(self.phone, self.pack)  # it is there at once, or this fails
            self.current += 1

    def cannot(self) -> None:
        """Says that this stage cannot be reached, and goes on."""
        before = shown(self.phone)
        self.phone.tap("app.play.cannot")
        self.phone.tap("reason.cannot-reach")
        self.phone.wait_until(lambda: shown(self.phone) != before)
        self.current += 1
        self.look(self.track[self.at - 1])

    def at_home(self) -> None:
        """Everything has been sent: what could still be undone a moment ago too."""
        self.phone.page.clock.fast_forward(11_000)
        self.phone.sent()

    def arrived(self) -> list[tuple[str, Position]]:
        """The stages that the phone says it came to, with the newest reading in each of these moves."""
        rows = sorted(self.phone.kept("moves"), key=lambda row: row["move"]["made_at"])
        return [
            (row["move"]["stage"], _rough(max(row["move"]["fixes"], key=lambda fix: fix["at"])))
            for row in rows
            if row["move"]["body"]["kind"] == "arrive"
        ]

    def expected(self) -> list[tuple[str, Position]]:
        return [(stage, Position(round(at.lon, 7), round(at.lat, 7))) for stage, at in self.arrivals]

    def heard(self) -> dict[str, tuple[str, int]]:
        """What the server made of each move: its kind, and how well it trusts it."""
        with psycopg.connect(self.machine.database_url) as connection:
            rows = connection.execute(
                "SELECT id::text, body->'body'->>'kind', (judged->>'trust')::int FROM game.moves"
                " WHERE journey_id = %s",
                [self.journey],
            ).fetchall()
        assert len(rows) == len({row[0] for row in rows})
        return {row[0]: (row[1], row[2]) for row in rows}


def _rough(fix: dict[str, Any]) -> Position:
    return Position(fix["lon"], fix["lat"])


def set_out(
    new_phone: Callable[..., Phone], machine: Machine, pack: Pack, track: Sequence[TrackPoint]
) -> Walker:
    """The quest published, and a phone where the track begins, with the quest begun."""
    with closing(Database(machine.database_url, size=1)) as database:
        code = publish_pack(database, write_members(pack), media_type, datetime.now(UTC)).code
    phone = new_phone(settings={}, language="sv", at=track[0].position)
    phone.context.add_init_script(BY_THE_PAGES_CLOCK)
    first, last = track[0].at, track[-1].at
    assert first is not None
    assert last is not None
    phone.page.clock.install(time=datetime.now(UTC) - (last - first) - timedelta(minutes=5))
    return Walker(phone, machine, pack, phone.begin(code), track)
