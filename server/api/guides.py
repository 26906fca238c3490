"""A municipality's guide as a person."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from flask import Response

from media.kinds import IMAGE_MOST_BYTES
from quests.model import Language
from server.api.bodies import Phone
from server.api.forms import Piece
from server.api.framework import END, LINE, Asked, Blueprint, own_address, reply
from server.api.media import sent_bytes
from server.problems import Refusal
from server.stores.guides import Guide, Hours
from server.use_cases import guides
from server.use_cases.guides import Own

blueprint = Blueprint("guides", description="Whom a newcomer may ring in each municipality, and when.")
pictures = Blueprint("guides' pictures", prefix="/media/guides", description="Pictures of guides.")

PICTURE_TYPE = "application/octet-stream"
WEEK, OWN = "public, max-age=604800", "private, no-cache"
Clock = Annotated[str, msgspec.Meta(pattern=rf"^([01][0-9]|2[0-3]):[0-5][0-9]{END}")]


class GuidePath(msgspec.Struct, frozen=True):
    municipality: Annotated[
        str, msgspec.Meta(pattern=rf"^[0-9]{{4}}{END}", description="SCB's code, four digits.")
    ]


class GuidePicturePath(msgspec.Struct, frozen=True):
    digest: Annotated[
        str, msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{END}", description="SHA-256 of the picture.")
    ]


class PhoneHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the guide answers the phone."""

    day: Annotated[int, msgspec.Meta(ge=1, le=7, description="Day of the week; 1 is Monday.")]
    begins: Annotated[Clock, msgspec.Meta(description="Local time, as 09:00.")]
    ends: Annotated[Clock, msgspec.Meta(description="Local time, as 11:30; after `begins`.")]


class GuideBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a guide says of themselves; all of it is public."""

    name: Annotated[
        str, msgspec.Meta(pattern=rf"^{LINE}{{1,80}}{END}", description="What they want to be called.")
    ]
    phone: Annotated[Phone, msgspec.Meta(description="A number at work.")]
    hours: Annotated[
        tuple[PhoneHours, ...], msgspec.Meta(max_length=21, description="When they answer it.")
    ] = ()
    languages: Annotated[
        tuple[Language, ...], msgspec.Meta(max_length=20, description="What they speak, BCP 47.")
    ] = ()


class GuideAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A municipality's guide."""

    municipality: Annotated[str, msgspec.Meta(description="SCB's code, four digits.")]
    name: Annotated[str, msgspec.Meta(description="What they want to be called.")]
    phone: Annotated[str, msgspec.Meta(description="A number at work.")]
    hours: Annotated[
        tuple[PhoneHours, ...], msgspec.Meta(description="When they answer it, in the week's order.")
    ]
    languages: Annotated[tuple[str, ...], msgspec.Meta(description="What they speak, BCP 47.")]
    picture: Annotated[str | None, msgspec.Meta(description="Address of their picture, a WebP.")]


class OwnGuideAnswer(GuideAnswer, frozen=True, kw_only=True):
    """The card as its guide and moderators see it."""

    hidden: Annotated[bool, msgspec.Meta(description="Nobody else sees it: notice was given of it.")]


@blueprint.route("/municipalities/<municipality>/guide")
@blueprint.arguments(GuidePath, location="path")
@blueprint.response(200, GuideAnswer)
@blueprint.says_no("unknown-guide", "bad-request", "database-gone")
def read_guide(asked: Asked, path: GuidePath) -> Response:
    """Know whom to ring in a municipality."""
    return _answer(asked, guides.read(asked.edge.database, path.municipality))


@blueprint.route("/guides/<municipality>")
@blueprint.arguments(GuidePath, location="path")
@blueprint.response(200, OwnGuideAnswer)
@blueprint.says_no("unknown-guide", "not-yours")
def read_own_guide(asked: Asked, path: GuidePath) -> Response:
    """See the card as it is kept, also while it is hidden."""
    return _own_answer(
        asked, guides.read_own(asked.edge.database, asked.person, path.municipality, datetime.now(UTC))
    )


@blueprint.route("/guides/<municipality>", methods=["PUT"])
@blueprint.arguments(GuidePath, location="path")
@blueprint.arguments(GuideBody)
@blueprint.response(200, OwnGuideAnswer)
@blueprint.says_no("bad-hours", "not-yours", "sign-in-stronger", "bad-request")
def write_guide(asked: Asked, path: GuidePath, body: GuideBody) -> Response:
    """Say who you are, as the guide of a municipality."""
    guide = guides.write(
        asked.edge.database,
        asked.person,
        path.municipality,
        name=body.name,
        phone=body.phone,
        hours=tuple(Hours(one.day, one.begins, one.ends) for one in body.hours),
        languages=body.languages,
        now=datetime.now(UTC),
    )
    return _own_answer(asked, guide)


@blueprint.route("/guides/<municipality>", methods=["DELETE"])
@blueprint.arguments(GuidePath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-guide", "not-yours", "sign-in-stronger")
def remove_guide(asked: Asked, path: GuidePath) -> Response:
    """Take the card away, with its picture."""
    guides.remove(asked.edge.database, asked.person, path.municipality, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/guides/<municipality>/picture", methods=["PUT"])
@blueprint.arguments(GuidePath, location="path")
@blueprint.takes_bytes(PICTURE_TYPE, most_bytes=IMAGE_MOST_BYTES, refused="unsupported-medium")
@blueprint.response(200, OwnGuideAnswer)
@blueprint.says_no(
    "unknown-guide",
    "unsupported-medium",
    "picture-refused",
    "not-yours",
    "sign-in-stronger",
    "storage-gone",
    "storage-full",
    "bad-request",
)
def set_guide_picture(asked: Asked, path: GuidePath, piece: Piece) -> Response:
    """Send your picture: JPEG, PNG, WebP or HEIC. It is made anew, without what the camera wrote into it."""
    if not piece.whole:
        raise Refusal("bad-request")
    guide = guides.set_picture(
        asked.edge.database,
        asked.edge.store,
        asked.edge.settings.work_folder,
        asked.person,
        path.municipality,
        piece.data,
        datetime.now(UTC),
    )
    return _own_answer(asked, guide)


@blueprint.route("/guides/<municipality>/picture")
@blueprint.arguments(GuidePath, location="path")
@blueprint.response(200, str, media_type="*/*", headers={"ETag": "Its hash.", "Accept-Ranges": "bytes"})
@blueprint.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-guide", "unknown-medium", "not-yours", "beyond-the-file", "storage-gone")
def own_guide_picture(asked: Asked, path: GuidePath) -> Response:
    """Its picture, also while it is hidden."""
    digest, key, size = guides.own_picture(
        asked.edge.database, asked.person, path.municipality, datetime.now(UTC)
    )
    response = _picture(asked, digest, key, size, cache=OWN)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@pictures.route("/<digest>")
@pictures.arguments(GuidePicturePath, location="path")
@pictures.response(200, str, media_type="*/*", headers={"ETag": "Its hash.", "Accept-Ranges": "bytes"})
@pictures.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@pictures.response(304, description="The asker has it already.")
@pictures.says_no("unknown-medium", "beyond-the-file", "database-gone", "storage-gone")
def guide_picture(asked: Asked, path: GuidePicturePath) -> Response:
    """A guide's picture."""
    key, size = guides.picture(asked.edge.database, path.digest)
    return _picture(asked, path.digest, key, size, cache=WEEK)


def _picture(asked: Asked, digest: str, key: str, size: int, *, cache: str) -> Response:
    def parts(start: int, end: int) -> Iterable[bytes]:
        try:
            return asked.edge.store.read(key, start, end)
        except LookupError:
            raise Refusal("unknown-medium") from None

    return sent_bytes(parts, size, "image/webp", digest, cache=cache, name=f"{digest[:16]}.webp")


def _answer(asked: Asked, guide: Guide) -> Response:
    return reply(GuideAnswer(**_told(asked, guide)))


def _own_answer(asked: Asked, own: Own) -> Response:
    """The picture by the address that shows it while it is hidden, too."""
    told = _told(asked, own.guide)
    if own.hidden and own.guide.picture is not None:
        told["picture"] = f"{own_address(asked).url}/api/v1/guides/{own.guide.municipality}/picture"
    return reply(OwnGuideAnswer(**told, hidden=own.hidden))


def _told(asked: Asked, guide: Guide) -> dict[str, Any]:
    host = asked.edge.settings.media_address or own_address(asked).url
    return {
        "municipality": guide.municipality,
        "name": guide.name,
        "phone": guide.phone,
        "hours": tuple(PhoneHours(day=one.day, begins=one.begins, ends=one.ends) for one in guide.hours),
        "languages": guide.languages,
        "picture": None if guide.picture is None else f"{host}/media/guides/{guide.picture}",
    }
