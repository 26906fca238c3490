"""Stories that everybody reads."""

from typing import Annotated

import msgspec
from flask import Response

from quests.codes import CODE_PATTERN
from server.api.framework import (
    END,
    JSON,
    Asked,
    Blueprint,
    NoParameters,
    own_address,
    reply_unless_known,
)
from server.api.guides import GuidePicturePath
from server.api.stories import StoryPath, sent_picture
from server.problems import Refusal
from server.stores.stories import Told
from server.use_cases import stories

blueprint = Blueprint("told stories", description="What people tell of places.")
pictures = Blueprint("stories' pictures", prefix="/media/stories", description="Pictures of stories.")

#: Who takes a story away has it gone from others' caches so soon.
MINUTE, HOUR = "public, max-age=60", "public, max-age=3600"


class ToldParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    municipality: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{4}}{END}")] | None,
        msgspec.Meta(description="SCB's code of where they are told of. This or `quest`."),
    ] = None
    quest: Annotated[
        Annotated[str, msgspec.Meta(pattern=CODE_PATTERN)] | None,
        msgspec.Meta(description="Code of the trail that they are told of."),
    ] = None


class ToldStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    title: Annotated[str, msgspec.Meta(description="What it is called.")]
    words: Annotated[str, msgspec.Meta(description="The story.")]
    language: Annotated[str, msgspec.Meta(description="The language of the words, BCP 47.")]
    by: Annotated[str, msgspec.Meta(description="What its maker wants to be called; may be empty.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of where it is told of.")]
    quest: Annotated[
        str | None, msgspec.Meta(description="Code of the trail that it is told of, while that is shown.")
    ]
    stage: Annotated[str | None, msgspec.Meta(description="Key of the trail's stop that it is told of.")]
    picture: Annotated[str | None, msgspec.Meta(description="Address of its picture, a WebP.")]
    picture_alt: Annotated[str, msgspec.Meta(description="What is to be seen in it, in words.")]
    month: Annotated[str, msgspec.Meta(description="The month in which it was first published, as 2026-11.")]


class ToldStoriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Stories of one place."""

    stories: Annotated[tuple[ToldStory, ...], msgspec.Meta(description="The newest month first; at most 50.")]


@blueprint.route("/told-stories")
@blueprint.arguments(ToldParameters, location="query")
@blueprint.response(200, ToldStoriesAnswer, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("told-where", "database-gone")
def list_told_stories(asked: Asked, query: ToldParameters) -> Response:
    """Read what people tell of a municipality, or of a trail."""
    if query.quest is not None and query.municipality is None:
        found = stories.told_of(asked.edge.database, query.quest)
    elif query.municipality is not None and query.quest is None:
        found = stories.told_in(asked.edge.database, query.municipality)
    else:
        raise Refusal("told-where")
    answer = ToldStoriesAnswer(stories=tuple(_told(asked, one) for one in found))
    return reply_unless_known(msgspec.json.encode(answer), JSON, cache=_cache(asked))


@blueprint.route("/told-stories/<story_id>")
@blueprint.arguments(StoryPath, location="path")
@blueprint.response(200, ToldStory, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-story", "database-gone")
def read_told_story(asked: Asked, path: StoryPath) -> Response:
    """Read a story."""
    found = stories.told(asked.edge.database, path.story_id)
    return reply_unless_known(msgspec.json.encode(_told(asked, found)), JSON, cache=_cache(asked))


@pictures.route("/<digest>")
@pictures.arguments(GuidePicturePath, location="path")
@pictures.response(200, str, media_type="*/*", headers={"ETag": "Its hash.", "Accept-Ranges": "bytes"})
@pictures.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@pictures.response(304, description="The asker has it already.")
@pictures.says_no("unknown-medium", "beyond-the-file", "database-gone", "storage-gone")
def told_story_picture(asked: Asked, path: GuidePicturePath) -> Response:
    """A story's picture, as long as the story is shown."""
    blob, size = stories.picture(asked.edge.database, path.digest)
    return sent_picture(asked, path.digest, blob, size, cache=HOUR)


def _cache(asked: Asked) -> str:
    """An answer that repeats what the request calls us is kept for nobody else."""
    is_set = asked.edge.settings.media_address is not None or own_address(asked).is_set
    return MINUTE if is_set else MINUTE.replace("public", "private")


def _told(asked: Asked, story: Told) -> ToldStory:
    host = asked.edge.settings.media_address or own_address(asked).url
    return ToldStory(
        id=story.id,
        title=story.title,
        words=story.words,
        language=story.language,
        by=story.by,
        municipality=story.municipality,
        quest=story.quest,
        stage=story.stage,
        picture=None if story.picture is None else f"{host}/media/stories/{story.picture}",
        picture_alt=story.picture_alt if story.picture is not None else "",
        month=f"{story.month:%Y-%m}",
    )
