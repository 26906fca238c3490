"""A story, as the test of rights makes it."""

import uuid
from datetime import UTC, date, datetime
from hashlib import sha256

from server.app import Server
from server.stores import stories
from server.stores.stories import Story
from tests.server.api.people import make_body, person
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing
from tests.server.api.stories import STORY

AT = "/api/v1/stories/<story_id>"
PICTURE = b"as if it were one"


def put_down(server: Server, account: str, state: str = "draft", **changed: object) -> Story:
    """With a picture."""
    now, story_id = datetime.now(UTC), str(uuid.uuid4())
    given: dict[str, object] = {
        "id": story_id,
        "account": account,
        "state": state,
        "version": 1,
        **{name: STORY[name] for name in ("title", "words", "language", "by", "picture_alt")},
        "municipality": MUNICIPALITY,
        "quest": None,
        "stage": None,
        "picture": sha256(PICTURE).hexdigest(),
        "picture_blob": f"{stories.folder_of(story_id)}/picture.webp",
        "picture_bytes": len(PICTURE),
        "month": date(2026, 1, 1),
        "made_at": now,
        "changed_at": now,
        "consented_at": now,
        **changed,
    }
    story = Story(**given)  # type: ignore[arg-type]
    server.edge.store.put(str(story.picture_blob), PICTURE)
    with server.edge.database.transaction() as connection:
        assert stories.add(connection, story)
    return story


def shown_story(server: Server) -> Story:
    """That everybody reads, as if it had been looked at."""
    story = put_down(server, person(server).account, "published")
    with server.edge.database.transaction() as connection:
        stories.show(connection, story)
    return story


def make(server: Server, state: str, _owner: str) -> Thing:
    """Of somebody who has nothing else to do with it; the body is not asked."""
    story = put_down(server, person(server).account, state)

    def make_own(account: str) -> None:
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.stories SET account_id = %s WHERE id = %s", [account, story.id])

    return Thing(make_body(server, municipality=MUNICIPALITY), {"<story_id>": story.id}, make_own=make_own)


KIND = Kind(
    "story",
    "unknown-story",
    make,
    sent={
        f"PUT {AT}": {**STORY, "municipality": MUNICIPALITY},
        f"PUT {AT}/picture": b"no picture",
        f"POST {AT}/asking": {"consent": True},
    },
    headers={"If_Match": '"1"', "Content_Type": "application/octet-stream"},
    let_in={f"PUT {AT}/picture": "unsupported-medium"},
)
