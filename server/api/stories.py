"""Stories that people tell of places, as their makers see them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response, request

from media.kinds import IMAGE_MOST_BYTES
from quests.codes import CODE_PATTERN
from quests.model import Language
from quests.moves import Uuid
from quests.region import SWEDEN
from server.api.bodies import Municipality, VersionHeaders, version_of
from server.api.forms import TEXT, Piece
from server.api.framework import END, LINE, Asked, Blueprint, own_address, reply
from server.api.guides import PICTURE_TYPE
from server.api.me import ZIP, sent_archive
from server.api.media import sent_bytes
from server.api.trails import MaybeVersionHeaders
from server.problems import Refusal
from server.use_cases import stories
from server.use_cases.cases.reasons import REASONS
from server.use_cases.stories import Own, Written

blueprint = Blueprint("stories", same_origin=True, description="What somebody tells of a place.")

PRIVATE = "private, no-store"
TAGGED = {"ETag": "The version, for the next change."}
_ACTS = ("unknown-story", "not-yours", "not-now")
_STEPS = (*_ACTS, "changed-meanwhile", "version-missing")


class StoryPath(msgspec.Struct, frozen=True):
    story_id: Annotated[Uuid, msgspec.Meta(description="Made by who tells it (UUID v4, lower case).")]


class StoryBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A story as its maker writes it."""

    title: Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{1,120}}{END}", description="What it is called.")]
    words: Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{1,8000}}{END}", description="The story.")]
    language: Annotated[Language, msgspec.Meta(description="The language of the words.")]
    by: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{0,80}}{END}",
            description="What its maker wants to be called under it; may be empty.",
        ),
    ] = ""
    municipality: Annotated[
        Municipality,
        msgspec.Meta(description="SCB's code of where it is told of; empty: taken from the trail."),
    ] = ""
    quest: Annotated[
        Annotated[str, msgspec.Meta(pattern=CODE_PATTERN)] | None,
        msgspec.Meta(description="Code of the trail that it is told of."),
    ] = None
    stage: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,39}}{END}")] | None,
        msgspec.Meta(description="Key of the trail's stop that it is told of."),
    ] = None
    picture_alt: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{0,300}}{END}", description="What is to be seen in the picture, in words."
        ),
    ] = ""


class AskingBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That it may be shown."""

    consent: Annotated[
        bool, msgspec.Meta(description="Its maker agrees that everybody reads it, once somebody has looked.")
    ] = False


class StoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A story as its maker sees it."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    state: Annotated[str, msgspec.Meta(description="draft, asked, published, resting or withdrawn.")]
    version: Annotated[int, msgspec.Meta(description="For `If-Match`.")]
    title: Annotated[str, msgspec.Meta(description="What it is called; empty where it was removed for good.")]
    words: Annotated[str, msgspec.Meta(description="The story; empty where it was removed for good.")]
    language: Annotated[str, msgspec.Meta(description="The language of the words, BCP 47.")]
    by: Annotated[str, msgspec.Meta(description="What its maker wants to be called under it; may be empty.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of where it is told of.")]
    quest: Annotated[str | None, msgspec.Meta(description="Code of the trail that it is told of.")]
    stage: Annotated[str | None, msgspec.Meta(description="Key of the trail's stop that it is told of.")]
    picture: Annotated[
        str | None, msgspec.Meta(description="Address of its picture, a WebP, for who may look at it.")
    ]
    picture_alt: Annotated[str, msgspec.Meta(description="What is to be seen in it, in words.")]
    month: Annotated[
        str | None, msgspec.Meta(description="The month in which it was first published, as 2026-11.")
    ]
    made_at: Annotated[datetime, msgspec.Meta(description="When it was begun.")]
    changed_at: Annotated[datetime, msgspec.Meta(description="When it was last changed.")]
    hidden: Annotated[bool, msgspec.Meta(description="Others hide it from everybody else.")]
    reason: Annotated[str, msgspec.Meta(description="Why it was sent back; may be empty.")]


class StoriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the person tells."""

    stories: Annotated[tuple[StoryAnswer, ...], msgspec.Meta(description="The newest first.")]


@blueprint.route("/stories")
@blueprint.response(200, StoriesAnswer)
@blueprint.says_no()
def list_stories(asked: Asked) -> Response:
    """See what one has told, and what came of it."""
    found = stories.told_by(asked.edge.database, asked.person)
    return reply(StoriesAnswer(stories=tuple(_shown(asked, one) for one in found)))


@blueprint.route("/account/export/stories")
@blueprint.response(200, bytes, media_type=ZIP, description="A ZIP: a text of each story, and its picture.")
@blueprint.says_no("storage-gone", "storage-full")
def export_stories(asked: Asked) -> Response:
    """Take along all that one has told, with the pictures."""
    asked.edge.limits.count_own_data(asked.person.id)
    now = datetime.now(UTC)
    file = stories.export(asked.edge.database, asked.edge.store, asked.person, now)
    return sent_archive(file, f"rotfaste-stories-{now.astimezone(SWEDEN).date().isoformat()}.zip")


@blueprint.route("/stories/<story_id>", methods=["PUT"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.arguments(MaybeVersionHeaders, location="header")
@blueprint.arguments(StoryBody)
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(*_STEPS, "stories-full", "unknown-quest", "unknown-stage", "unknown-municipality")
def write_story(asked: Asked, path: StoryPath, headers: MaybeVersionHeaders, body: StoryBody) -> Response:
    """Write a story, which nobody else sees until it is asked for. A repetition changes nothing."""
    version = version_of(headers.if_match) if headers.if_match else None
    written = Written(
        body.title,
        body.words,
        body.language,
        body.by,
        body.municipality,
        body.quest,
        body.stage,
        body.picture_alt,
    )
    own = stories.put(asked.edge.database, asked.person, path.story_id, written, version, datetime.now(UTC))
    return _reply(asked, own)


@blueprint.route("/stories/<story_id>", methods=["DELETE"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-story", "not-yours")
def remove_story(asked: Asked, path: StoryPath) -> Response:
    """Take a story away for good, with its picture."""
    stories.remove(
        asked.edge.database,
        asked.person,
        path.story_id,
        datetime.now(UTC),
        asked.edge.settings.tombstones_file,
    )
    return Response(status=204)


@blueprint.route("/stories/<story_id>/picture", methods=["PUT"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.takes_bytes(PICTURE_TYPE, most_bytes=IMAGE_MOST_BYTES, refused="unsupported-medium")
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(
    *_ACTS,
    "unsupported-medium",
    "picture-refused",
    "pictures-busy",
    "storage-gone",
    "storage-full",
    "bad-request",
)
def set_story_picture(asked: Asked, path: StoryPath, piece: Piece) -> Response:
    """Send its picture: JPEG, PNG, WebP or HEIC. It is made anew, without what the camera wrote into it."""
    if not piece.whole:
        raise Refusal("bad-request")
    asked.edge.limits.count_own_data(asked.person.id)
    asked.edge.limits.count_media(request.remote_addr or "", len(piece.data))
    own = stories.set_picture(
        asked.edge.database,
        asked.edge.store,
        asked.edge.settings.work_folder,
        asked.person,
        path.story_id,
        piece.data,
        datetime.now(UTC),
    )
    return _reply(asked, own)


@blueprint.route("/stories/<story_id>/picture", methods=["DELETE"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.response(204)
@blueprint.says_no(*_ACTS)
def drop_story_picture(asked: Asked, path: StoryPath) -> Response:
    """Take its picture away."""
    stories.drop_picture(asked.edge.database, asked.person, path.story_id, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/stories/<story_id>/picture")
@blueprint.arguments(StoryPath, location="path")
@blueprint.response(200, str, media_type="*/*", headers={"ETag": "Its hash.", "Accept-Ranges": "bytes"})
@blueprint.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no(
    "unknown-story", "unknown-medium", "not-yours", "sign-in-stronger", "beyond-the-file", "storage-gone"
)
def story_picture(asked: Asked, path: StoryPath) -> Response:
    """Its picture, for its maker and for who looks at it before it is shown."""
    digest, blob, size = stories.own_picture(
        asked.edge.database, asked.person, path.story_id, datetime.now(UTC)
    )
    return sent_picture(asked, digest, blob, size, cache=PRIVATE)


@blueprint.route("/stories/<story_id>/asking", methods=["POST"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(AskingBody)
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(
    *_STEPS,
    "grown-up-needed",
    "consent-missing",
    "picture-without-words",
    "story-empty",
    "stories-waiting",
)
def ask_for_story(asked: Asked, path: StoryPath, headers: VersionHeaders, body: AskingBody) -> Response:
    """Ask that it be shown: a moderator or the municipality's guide looks at it first."""
    return _taken(asked, path, "ask", headers, consents=body.consent)


@blueprint.route("/stories/<story_id>/resting", methods=["POST"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(*_STEPS)
def let_story_rest(asked: Asked, path: StoryPath, headers: VersionHeaders) -> Response:
    """Show it to nobody for a while. No reason is needed."""
    return _taken(asked, path, "rest", headers)


@blueprint.route("/stories/<story_id>/return", methods=["POST"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(*_STEPS, "grown-up-needed")
def bring_story_back(asked: Asked, path: StoryPath, headers: VersionHeaders) -> Response:
    """Bring it back: from its rest as it was; else as a draft, to write on."""
    return _taken(asked, path, "return", headers)


@blueprint.route("/stories/<story_id>/withdrawal", methods=["POST"])
@blueprint.arguments(StoryPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, StoryAnswer, headers=TAGGED)
@blueprint.says_no(*_STEPS)
def withdraw_story(asked: Asked, path: StoryPath, headers: VersionHeaders) -> Response:
    """Take it away and keep it for oneself. No reason is needed."""
    return _taken(asked, path, "withdraw", headers)


def sent_picture(asked: Asked, digest: str, blob: str, size: int, *, cache: str) -> Response:
    def parts(start: int, end: int) -> Iterable[bytes]:
        try:
            return asked.edge.store.read(blob, start, end)
        except LookupError:
            raise Refusal("unknown-medium") from None

    return sent_bytes(parts, size, "image/webp", digest, cache=cache, name=f"{digest[:16]}.webp")


def _taken(
    asked: Asked, path: StoryPath, step: str, headers: VersionHeaders, *, consents: bool = False
) -> Response:
    own = stories.take(
        asked.edge.database,
        asked.person,
        path.story_id,
        step,
        version_of(headers.if_match),
        datetime.now(UTC),
        consents=consents,
    )
    return _reply(asked, own)


def _reply(asked: Asked, own: Own) -> Response:
    response = reply(_shown(asked, own))
    response.set_etag(str(own.story.version))
    return response


def _shown(asked: Asked, own: Own) -> StoryAnswer:
    story = own.story
    code = story.reason if story.reason in REASONS else None
    return StoryAnswer(
        id=story.id,
        state=story.state,
        version=story.version,
        title=story.title,
        words=story.words,
        language=story.language,
        by=story.by,
        municipality=story.municipality,
        quest=own.quest,
        stage=story.stage,
        picture=None
        if story.picture is None
        else f"{own_address(asked).url}/api/v1/stories/{story.id}/picture",
        picture_alt=story.picture_alt,
        month=None if story.month is None else f"{story.month:%Y-%m}",
        made_at=story.made_at,
        changed_at=story.changed_at,
        hidden=own.hidden,
        reason=story.reason
        if code is None
        else asked.edge.sentence(f"case.reason.{code}", {}, asked.languages)[0],
    )
