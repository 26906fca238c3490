"""The card of a municipality's guide, known by the municipality. What is hidden is that person's card, and no successor's."""

import json
from dataclasses import asdict
from datetime import datetime

from psycopg import Connection

from server.stores import accounts, guides, notices
from server.stores.database import Row
from server.stores.guides import Guide, Hours
from server.stores.notices import Kept
from server.use_cases.cases.kinds import Picture
from server.use_cases.cases.public.kinds import PublicKind, PublicThing

NAME = "guide"


def id_of(guide: Guide) -> str:
    return f"{guide.municipality}/{guide.account}"


def _thing(guide: Guide) -> PublicThing:
    picture = () if guide.picture is None else (Picture(f"/api/v1/guides/{guide.municipality}/picture"),)
    return PublicThing(
        id_of(guide),
        None,
        guide.municipality,
        guide.name,
        ((None, guide.name), (None, guide.phone)),
        "",
        maker=guide.account,
        pictures=picture,
    )


def find(connection: Connection[Row], municipality: str) -> PublicThing | None:
    guide = guides.shown_now(connection, municipality)
    return None if guide is None else _thing(guide)


def _card(connection: Connection[Row], thing_id: str) -> Guide | None:
    """Locked. None where the municipality has none, or somebody else's."""
    municipality, _, account = thing_id.partition("/")
    guide = guides.find(connection, municipality)
    return guide if guide is not None and guide.account == account else None


def see(connection: Connection[Row], thing_id: str) -> PublicThing | None:
    guide = _card(connection, thing_id)
    return None if guide is None else _thing(guide)


def lock(connection: Connection[Row], thing_id: str) -> None:
    _card(connection, thing_id)


def hide(connection: Connection[Row], thing_id: str, case_id: str, now: datetime, decided: bool) -> None:  # noqa: FBT001  as kinds.py says
    notices.hide(connection, NAME, thing_id, case_id, now, decided=decided)


def unhide(connection: Connection[Row], thing_id: str, case_id: str, now: datetime) -> None:
    del now
    notices.unhide(connection, NAME, thing_id, case_id)


def remove(connection: Connection[Row], thing_id: str, case_id: str, now: datetime) -> None:
    """Its picture goes with it and is not shown again; what that person writes anew stays hidden."""
    guide = _card(connection, thing_id)
    if guide is None:
        return
    hide(connection, thing_id, case_id, now, True)
    said = json.dumps(asdict(guide), ensure_ascii=False).encode()
    notices.put_away(connection, case_id, Kept(NAME, thing_id, "", said, guide.picture_blob), now)
    notices.block(connection, case_id, [] if guide.picture is None else [guide.picture], now)
    guides.put_away(connection, guide.municipality)


def restore(connection: Connection[Row], thing_id: str, case_id: str, now: datetime) -> bool:
    """What the person has written since goes, and a successor's card stays. False too where that person is erased."""
    municipality, _, account = thing_id.partition("/")
    there = guides.find(connection, municipality)
    kept = notices.in_quarantine(connection, case_id)
    if not kept or (there is not None and there.account != account) or not accounts.find(connection, account):
        return False
    said = json.loads(kept[0].content)
    if there is not None:
        guides.drop_picture(connection, there)
    hours = tuple(Hours(**one) for one in said.pop("hours"))
    guides.put(connection, Guide(**said | {"hours": hours, "languages": tuple(said["languages"])}), now)
    notices.take_out(connection, case_id)
    unhide(connection, thing_id, case_id, now)
    return True


KIND = PublicKind(NAME, find, see, lock, hide, unhide, remove, restore)
