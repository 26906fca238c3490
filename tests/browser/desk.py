"""Somebody at a desk, or with a phone, in the studio: with an authenticator of the browser's own, and mails that come."""

import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Locator, ViewportSize, expect

from content.packs.model import Pack
from server.stores import accounts, bodies, cases, duties, publications, sessions, stories
from server.stores import notices as stored
from server.stores.accounts import Account
from server.stores.bodies import Body
from server.stores.cases import Case
from server.stores.database import Database
from server.stores.duties import Duty
from server.stores.notices import Kept
from server.stores.publications import Publication
from server.stores.sessions import Session
from server.stores.stories import Story
from server.use_cases import notices, sign_in
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.notices import Given
from server.use_cases.stories import show_again
from tests.browser import quests
from tests.browser.phone import WITHIN_MS, Phone, languages

SESSION = "__Host-session"
#: Told by somebody from the first day of the database on.
STORY = "0b5e2c54-9a3f-4d55-8f0e-4f2f5f6d7a10"
STORY_WORDS = """Det var min första vinter här. Jag gick ner till vattnet en morgon i januari, och en gammal man stod vid isen med en borr.

Han sa inget först. Sedan räckte han mig borren, och vi fiskade till solen gick ner klockan två.

Nu har jag en egen borr."""
WIDE = ViewportSize(width=1280, height=900)
#: Fingers are always there: a passkey is made and used without anybody touching anything.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk(Phone):
    """A browser with room, as a phone of tests is one: it can be one too."""

    def __init__(self, *args: Any, **wishes: Any) -> None:
        self.touched = wishes.get("has_touch", True)
        super().__init__(*args, **wishes)

    def has_an_authenticator(self) -> None:
        tools = self.devtools()
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def is_signed_in(self, database: Database, account: str, *, how: str = "code") -> None:
        """As somebody whose session began just now."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        session = Session(str(uuid.uuid4()), how, "", now, now, now + sign_in.SESSION_LASTS)
        with database.transaction() as connection:
            sessions.add(connection, session, account, sign_in.hashed(token))
        self.context.add_cookies(
            [
                {
                    "name": SESSION,
                    "value": token,
                    "url": self.address.replace("http:", "https:"),
                    "secure": True,
                    "httpOnly": True,
                }
            ]
        )

    def signs_in(self, database: Database, address: str, to: str) -> None:
        """By the code that came, where the studio asks for it. `to`: the title of the page that was wanted."""
        self.field("studio.sign-in.address").fill(address)
        self.tap("studio.sign-in.send")
        self.field("studio.sign-in.code").fill(mailed_code(database, address, self))
        self.tap("studio.sign-in.enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.says(to))

    def words(self, key: str) -> str:
        """A sentence without gaps, as it is."""
        return languages().by_tag[self.language].sentences[key]

    def tap(self, what: str | Locator) -> None:
        """By mouse where nothing can be touched."""
        if self.touched:
            super().tap(what)
        else:
            (self.button(what) if isinstance(what, str) else what).click()


def mailed_code(database: Database, address: str, desk: Phone) -> str:
    """The code of the newest mail to an address, which waits to be sent."""

    def newest() -> list[Any]:
        return database.private.read(
            "SELECT body FROM people.mails WHERE address = %(to)s ORDER BY id DESC LIMIT 1", {"to": address}
        )

    desk.wait_until(lambda: bool(newest()))
    digits = "".join(letter if letter.isdigit() else " " for letter in newest()[0][0]).split()
    return next(f"{one}{two}" for one, two in itertools.pairwise(digits) if len(one) == len(two) == 3)


def make_person(database: Database, name: str, *, reads: tuple[str, ...] = ("sv",), **duty: str) -> str:
    """An account. `duty`: as `guide="2303"`, a municipality. `reads`: languages, in those duties."""
    account, now = str(uuid.uuid4()), datetime.now(UTC)
    with database.transaction() as connection:
        accounts.add_account(connection, Account(account, name, "sv", is_adult=True, created_at=now))
        for what, municipality in duty.items():
            duties.give(connection, account, Duty(what.replace("_", "-"), municipality, reads), now)
    return account


def make_body(database: Database, name: str, owner: str | None = None, **changed: Any) -> str:
    """An active association in Östersund, as far as nothing else is said."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "kind": "association",
        "name": name,
        "municipality": "2380",
        "phone": "063-12 34 56",
        "about": {"sv": "Vi bor här."},
        "state": "active",
        "version": 1,
        "asked_at": now,
        **changed,
    }
    with database.transaction() as connection:
        assert bodies.add(connection, Body(**given))
        if owner is not None:
            bodies.set_member(connection, given["id"], owner, "owner", now)
    return str(given["id"])


def fill_in_ground(desk: Desk) -> None:
    """A form for closed ground, with a corner that cannot be read."""
    desk.button("studio.closures.close").click()
    desk.page.get_by_text(desk.says("studio.ground.list")).click()
    desk.field("studio.ground.corners").fill("63.1, 14.1\nby the lake")
    expect(desk.page.locator("[data-ready=true]")).to_be_visible(timeout=WITHIN_MS)


def a_case(database: Database, body: str, municipality: str) -> str:
    """That body has applied, and somebody should look."""
    with database.transaction() as connection:
        new = NewCase("application", body, body, municipality, urgency=1)
        return open_case(connection, new, datetime.now(UTC))


def give_notice(
    database: Database, thing: str, words: str, language: str = "sv", *, kind: str = "body"
) -> str:
    """Somebody says without an account that a body's page, or another thing, is advertising. The id of the case."""
    given = Given(kind, thing, "spam", words, "Ada", "ada@example.se", language, good_faith=True)
    notices.give(database, given, "https://example.se", languages().say, datetime.now(UTC))
    rows = database.private.read(
        "SELECT id::text FROM people.cases WHERE subject = %(of)s", {"of": f"{kind} {thing}"}
    )
    return str(rows[0][0])


def make_trail(database: Database, body: str, pack: Pack | None = None) -> str:
    """A published pack, else the one with every kind of task, is that body's from now on; it stays as it is. Its id."""
    now, pack = datetime.now(UTC), pack or quests.every_kind()
    titles = {tag: texts.title for tag, texts in pack.texts.items()}
    given = Publication(
        pack.sheet.id, "trail", body, "published", 1, now, now, None, titles, tuple(titles), published_at=now
    )
    with database.transaction() as connection:
        if not publications.add(connection, given, None):
            found = publications.find(connection, given.id, lock=True)
            assert found is not None
            publications.change(connection, replace(found, body=body))
    return pack.sheet.id


def make_story(database: Database, account: str, **changed: Any) -> str:
    """That somebody has told of the quest with every kind of task, without a picture; as far as nothing else is said, out."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "account": account,
        "state": "published",
        "version": 1,
        "title": "Mannen vid isen",
        "words": STORY_WORDS,
        "language": "sv",
        "by": "Amina",
        "municipality": "2380",
        "quest": quests.every_kind().sheet.id,
        "stage": None,
        "picture": None,
        "picture_blob": None,
        "picture_bytes": None,
        "picture_alt": "",
        "month": now.date().replace(day=1),
        "made_at": now,
        "changed_at": now,
        "consented_at": now,
        **changed,
    }
    with database.transaction() as connection:
        story = Story(**given)
        assert stories.add(connection, story)
        show_again(connection, story)
    return str(given["id"])


def make_offer(database: Database, body: str, to: str) -> None:
    """A trail that is being written, and that its body would rather give away."""
    now = datetime.now(UTC)
    draft = Publication(
        str(uuid.uuid4()),
        "trail",
        body,
        "draft",
        1,
        now,
        now,
        None,
        {"sv": "Kvarnrundan"},
        ("sv",),
        offered_to=to,
    )
    with database.transaction() as connection:
        assert publications.add(connection, draft, None)


def a_removal(database: Database, body: str) -> str:
    """What that body said of itself lies in quarantine."""
    now = datetime.now(UTC)
    case = Case(
        str(uuid.uuid4()), "notice", f"body {body}", body, "2380", 2, "sv", {}, None, now, 1, None, "open"
    )
    said = json.dumps({"about": {"sv": "Köp ved av oss."}, "phone": "063-12 34 56"}).encode()
    with database.transaction() as connection:
        cases.add(connection, case)
        cases.change(
            connection,
            replace(case, state="decided", decided_at=now, outcome="remove", reason_code="spam"),
        )
        stored.put_away(connection, case.id, Kept("body", body, "", said), now)
    return case.id


@dataclass(frozen=True, slots=True)
class World:
    """Somebody who does a bit of everything, and one of each thing that the studio shows. Ids, all of them.

    `removed`: the case in which what another body said of itself was removed for good. `story`: is being written; `told`:
    is out.
    """

    person: str
    body: str
    case: str
    trail: str
    removed: str
    story: str
    told: str


def make_world(database: Database) -> World:
    person = make_person(database, "Elsa", guide="2361", moderator="")
    body = make_body(database, "Hembygdsföreningen", person)
    sameby = make_body(database, "Ruvhten sijte", person, kind="sameby", verified_at=datetime.now(UTC))
    asked = make_body(database, "En förening", state="asked", municipality="2361")
    offers = make_body(database, "De som flyttar")
    make_offer(database, offers, body)
    return World(
        person,
        body,
        a_case(database, asked, "2361"),
        make_trail(database, sameby, quests.resting()),
        a_removal(database, offers),
        make_story(database, person, state="draft", month=None),
        make_story(database, person, quest=None, title="Björnen vid soptunnan"),
    )
