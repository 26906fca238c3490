"""Pictures and sounds: brought by phones over bad networks (tus 1.0.0), and shown.

A medium is begun by `PUT`, as everything that a phone makes; from then on it is an upload of tus: `HEAD` says where it
stands, `PATCH` brings the next piece, `DELETE` takes it away. A plain client of tus goes on with one by its address.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from media.kinds import SOUND_MOST_BYTES
from quests.moves import Uuid
from server.api.forms import Piece
from server.api.framework import (
    END,
    Asked,
    Blueprint,
    LanguageParameters,
    NoParameters,
    not_modified,
    reply,
)
from server.problems import FieldProblem, Refusal
from server.stores import shown as shown_store
from server.use_cases import media
from server.use_cases.media import PIECE_MOST_BYTES, Medium

blueprint = Blueprint(
    "media", description="Pictures and sounds that players bring, also long after the move that names them."
)
shown = Blueprint("shown media", prefix="/media", description="The bytes of pictures and sounds.")

ROUTE = "/api/v1/media/<media_id>"
TUS = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha1": lambda data: hashlib.sha1(
        data, usedforsecurity=False
    ).digest(),  # every server of tus must know it
}

YEAR = "public, max-age=31536000, immutable"
OWN = "private, max-age=600"
# What is shown was made by us; should it ever be a page all the same, it may do nothing.
SHOWN_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PART_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=(\d{1,12})?-(\d{1,12})?", re.ASCII)

Sha256 = Annotated[str, msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{END}")]
HEADERS_OF_UPLOADS = {
    "Upload-Offset": "How many bytes are here. [bytes]",
    "Upload-Length": "How many there will be. [bytes]",
    "Upload-Expires": "When an upload that nobody goes on with is given up.",
    "Tus-Resumable": "The version of tus.",
}


class MediaPath(msgspec.Struct, frozen=True):
    media_id: Annotated[Uuid, msgspec.Meta(description="Made on the phone (UUID v4, lower case).")]


class MediumBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a phone is going to send, as the moves that name it say."""

    sha256: Annotated[Sha256, msgspec.Meta(description="SHA-256 of the whole file, in hex.")]
    bytes: Annotated[
        int,
        msgspec.Meta(
            ge=1, le=1_000_000_000, description="How large it is. A picture may have 15, a sound 30 MB."
        ),
    ]
    type: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^(image|audio)/[a-z0-9.+-]{{1,60}}{END}",
            description="Media type without parameters: JPEG, PNG, WebP, HEIC; MP3, M4A, AAC, Ogg, WAV, WebM.",
        ),
    ]


class UploadHeaders(msgspec.Struct, frozen=True, kw_only=True):
    tus: Annotated[str, msgspec.Meta(max_length=40, description="The version of tus: 1.0.0.")] = (
        msgspec.field(default="", name="Tus-Resumable")
    )


class PieceHeaders(UploadHeaders, frozen=True, kw_only=True):
    offset: Annotated[
        int, msgspec.Meta(ge=0, le=SOUND_MOST_BYTES, description="Where this piece begins. [bytes]")
    ] = msgspec.field(name="Upload-Offset")
    checksum: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^((sha256|sha1) [A-Za-z0-9+/]{{1,128}}={{0,2}})?{END}",
            description="Kind and value of this piece's checksum, in base64: sha256 or sha1.",
        ),
    ] = msgspec.field(default="", name="Upload-Checksum")


class ShownFile(msgspec.Struct, frozen=True, kw_only=True):
    """One form in which a medium can be shown."""

    url: Annotated[
        str, msgspec.Meta(description="Lets in whoever has it, until `until`; then ask for another.")
    ]
    until: Annotated[datetime, msgspec.Meta(description="Ten minutes from now.")]
    name: Annotated[str, msgspec.Meta(description="Stays the same; a phone keeps what it has fetched by it.")]
    type: Annotated[str, msgspec.Meta(description="Media type.")]
    bytes: Annotated[int, msgspec.Meta(description="How large it is.")]
    width: Annotated[int | None, msgspec.Meta(description="Of a picture. [px]")]
    height: Annotated[int | None, msgspec.Meta(description="Of a picture. [px]")]


class MediumRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a medium is not shown."""

    code: Annotated[str, msgspec.Meta(description="Stable: damaged, broken, too-many-pixels, too-long ….")]
    detail: Annotated[str, msgspec.Meta(description="A sentence for people, in the language asked for.")]


class MediumAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A medium, and how far it has come."""

    id: Annotated[str, msgspec.Meta(description="The medium's id.")]
    sha256: Annotated[str, msgspec.Meta(description="Of the file as the phone has it.")]
    bytes: Annotated[int, msgspec.Meta(description="Of the file as the phone has it.")]
    type: Annotated[str, msgspec.Meta(description="Media type, in the name that we use.")]
    state: Annotated[
        Literal["waiting", "received", "ready", "refused"],
        msgspec.Meta(
            description="waiting for bytes; received, and being made ready; ready; refused. A phone keeps its own copy "
            "until one of the last two is said."
        ),
    ]
    offset: Annotated[int, msgspec.Meta(description="How many bytes are here; the next piece begins there.")]
    refused: Annotated[MediumRefusal | None, msgspec.Meta(description="Where it was refused.")]
    blur: Annotated[
        str | None, msgspec.Meta(description="BlurHash of a picture, to be shown before it is there.")
    ]
    seconds: Annotated[float | None, msgspec.Meta(description="Length of a sound. [s]")]
    files: Annotated[
        tuple[ShownFile, ...],
        msgspec.Meta(
            description="Of a picture the smallest first, of a sound Opus and then AAC. Empty until ready."
        ),
    ]


class ShownPath(msgspec.Struct, frozen=True):
    digest: Annotated[
        Sha256, msgspec.Meta(description="SHA-256 of its bytes, as the quest's media list says.")
    ]


class PrivatePath(msgspec.Struct, frozen=True):
    content: Annotated[Uuid, msgspec.Meta(description="Whose bytes, as the address says.")]
    name: Annotated[
        str,
        msgspec.Meta(pattern=rf"^[a-z0-9]{{1,20}}\.[a-z0-9]{{1,5}}{END}", description="Which of its forms."),
    ]


class PrivateParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[int, msgspec.Meta(ge=0, le=2**40, description="How long it is valid. [s since 1970]")]
    signature: Annotated[
        str, msgspec.Meta(pattern=rf"^[A-Za-z0-9_-]{{1,100}}{END}", description="The server's.")
    ]


# ---------------------------------------------------------------------------------------------- bringing


@blueprint.route("/media/<media_id>", methods=["PUT"])
@blueprint.arguments(MediaPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(MediumBody)
@blueprint.response(201, MediumAnswer, description="It is begun.", headers=HEADERS_OF_UPLOADS)
@blueprint.response(200, MediumAnswer, description="It was begun before.", headers=HEADERS_OF_UPLOADS)
@blueprint.says_no("unsupported-medium", "medium-too-large", "medium-differs", "media-full", "media-tired")
def put_medium(asked: Asked, path: MediaPath, _query: LanguageParameters, body: MediumBody) -> Response:
    """Begin to bring a picture or sound, or say again that it was begun.

    What this player has brought before, on whatever device, need not be sent again: then it is ready at once, or goes on
    where it stands.
    """
    put = media.put(
        asked.edge.database,
        asked.caller,
        path.media_id,
        sha256=body.sha256,
        size=body.bytes,
        named=body.type,
        now=datetime.now(UTC),
    )
    return _answer(asked, put.medium, 201 if put.created else 200)


@blueprint.route("/media/<media_id>")
@blueprint.arguments(MediaPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, MediumAnswer, headers=HEADERS_OF_UPLOADS)
@blueprint.says_no("unknown-medium")
def get_medium(asked: Asked, path: MediaPath, _query: LanguageParameters) -> Response:
    """See how far a medium has come, with addresses of what can be shown. `HEAD` alone says where an upload stands."""
    return _answer(asked, media.find(asked.edge.database, asked.caller, path.media_id))


@blueprint.route("/media/<media_id>", methods=["PATCH"])
@blueprint.arguments(MediaPath, location="path")
@blueprint.arguments(PieceHeaders, location="header")
@blueprint.takes_bytes(PIECE_TYPE, most_bytes=PIECE_MOST_BYTES)
@blueprint.response(204, description="The piece is kept.", headers=HEADERS_OF_UPLOADS)
@blueprint.says_no(
    "tus-version",
    "unknown-medium",
    "wrong-offset",
    "beyond-the-end",
    "too-many-pieces",
    "checksum-differs",
    "storage-full",
    "storage-gone",
)
def send_piece(asked: Asked, path: MediaPath, headers: PieceHeaders, piece: Piece) -> Response:
    """Send the next piece of a medium, of 1 MiB at most.

    Of a piece that breaks off, what arrived is kept, unless it came with a checksum. With the last one it is made ready.
    """
    _is_tus(headers)
    if headers.checksum:
        _compare(headers.checksum, piece)
    asked.edge.limits.count_media(request.remote_addr or "", len(piece.data))
    medium = media.add_piece(
        asked.edge.database,
        asked.edge.store,
        asked.caller,
        path.media_id,
        headers.offset,
        piece.data,
        datetime.now(UTC),
    )
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Cache-Control"] = "no-store"
    return _with_offset(response, medium)


@blueprint.route("/media/<media_id>", methods=["DELETE"])
@blueprint.arguments(MediaPath, location="path")
@blueprint.arguments(UploadHeaders, location="header")
@blueprint.response(204, description="It is gone.")
@blueprint.says_no("tus-version", "unknown-medium")
def remove_medium(asked: Asked, path: MediaPath, headers: UploadHeaders) -> Response:
    """Take a medium away, whether it is under way or shown."""
    _is_tus(headers)
    media.remove(asked.edge.database, asked.caller, path.media_id)
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Cache-Control"] = "no-store"
    return response


def tell_of_tus(method: str, headers: Headers) -> None:
    """What every answer of these routes says, and what is said to whoever asks what there is."""
    headers["Tus-Resumable"] = TUS
    if method == "OPTIONS":
        headers["Tus-Version"] = TUS
        headers["Tus-Extension"] = "checksum,expiration,termination"
        headers["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
        headers["Tus-Max-Size"] = str(SOUND_MOST_BYTES)


def _is_tus(headers: UploadHeaders) -> None:
    if headers.tus != TUS:
        raise Refusal("tus-version", headers={"Tus-Version": TUS})


def _compare(told: str, piece: Piece) -> None:
    """Raises Refusal. Of a piece that broke off nothing is kept: nobody can say whether it is right."""
    kind, _, value = told.partition(" ")
    try:
        right = base64.b64decode(value, validate=True)
    except binascii.Error:
        wrong = FieldProblem("/Upload-Checksum", "wrong", "the value is in base64")
        raise Refusal("invalid-header", wrong) from None
    if not piece.whole or CHECKSUMS[kind](piece.data) != right:
        raise Refusal("checksum-differs")


def _with_offset(response: Response, medium: Medium) -> Response:
    response.headers["Upload-Offset"] = str(medium.received)
    response.headers["Upload-Length"] = str(medium.bytes)
    if medium.until is not None:
        response.headers["Upload-Expires"] = http_date(medium.until)
    return response


def _answer(asked: Asked, medium: Medium, status: int = 200) -> Response:
    now = datetime.now(UTC)
    made = medium.made
    language = None
    refused = None
    if medium.refusal is not None:
        detail, language = asked.edge.sentence(f"medium.{medium.refusal}", {}, asked.languages)
        refused = MediumRefusal(code=medium.refusal, detail=detail)
    files = []
    for file in () if made is None else made.files:
        signed = asked.edge.addresses.sign(medium.content, file.name, now)
        files.append(ShownFile(url=signed.url, until=signed.until, **msgspec.structs.asdict(file)))
    answer = MediumAnswer(
        id=medium.id,
        sha256=medium.sha256,
        bytes=medium.bytes,
        type=medium.type,
        state=medium.state,
        offset=medium.received,
        refused=refused,
        blur=None if made is None else made.blur,
        seconds=None if made is None else made.seconds,
        files=tuple(files),
    )
    return _with_offset(reply(answer, status, language=language), medium)


# ----------------------------------------------------------------------------------------------- showing


@shown.route("/<digest>")
@shown.arguments(ShownPath, location="path")
@shown.response(200, str, media_type="*/*", headers={"ETag": "Its hash.", "Accept-Ranges": "bytes"})
@shown.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@shown.response(304, description="The asker has it already.")
@shown.says_no("unknown-medium", "beyond-the-file", "database-gone")
def shown_medium(asked: Asked, path: ShownPath) -> Response:
    """A picture or sound that came with a quest. Never changes; `Range` fetches a part."""
    found = shown_store.medium(asked.edge.database, path.digest)
    if found is None:
        raise Refusal("unknown-medium")

    def parts(start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, PART_BYTES):
            to = min(at + PART_BYTES, end)
            yield shown_store.part_of_medium(asked.edge.database, path.digest, at, to)

    return sent_bytes(parts, found.bytes, found.type, path.digest, cache=YEAR, name=path.digest[:16])


@shown.route("/private/<content>/<name>")
@shown.arguments(PrivatePath, location="path")
@shown.arguments(PrivateParameters, location="query")
@shown.response(200, str, media_type="*/*", headers={"ETag": "Its name.", "Accept-Ranges": "bytes"})
@shown.response(206, str, media_type="*/*", headers={"Content-Range": "Which part this is."})
@shown.response(304, description="The asker has it already.")
@shown.says_no("unknown-medium", "address-expired", "beyond-the-file", "database-gone", "storage-gone")
def private_medium(asked: Asked, path: PrivatePath, query: PrivateParameters) -> Response:
    """A picture or sound that somebody brought, by an address that the server signed. `Range` fetches a part."""
    judged = asked.edge.addresses.judge(
        path.content, path.name, query.until, query.signature, datetime.now(UTC)
    )
    if judged != "valid":
        raise Refusal("unknown-medium" if judged == "forged" else "address-expired")
    found = media.file_to_show(asked.edge.database, path.content, path.name)
    if found is None:
        raise Refusal("unknown-medium")
    key, file = found

    def parts(start: int, end: int) -> Iterable[bytes]:
        try:
            return asked.edge.store.read(key, start, end)
        except LookupError:
            raise Refusal("unknown-medium") from None  # it is just being removed

    return sent_bytes(parts, file.bytes, file.type, f"{path.content}-{path.name}", cache=OWN, name=path.name)


def sent_bytes(
    parts: Callable[[int, int], Iterable[bytes]], size: int, kind: str, tag: str, *, cache: str, name: str
) -> Response:
    """Whole or in part. Several parts at once are not given: then it is whole, as RFC 9110 allows."""
    response = not_modified(tag)
    if response is None:
        start, end = _range(size, tag)
        is_part = (start, end) != (0, size)
        response = Response(status=206 if is_part else 200, content_type=kind)
        response.headers["Content-Length"] = str(end - start)
        if is_part:
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        if request.method != "HEAD":
            response.response = parts(start, end)
        response.set_etag(tag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = SHOWN_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _range(size: int, tag: str) -> tuple[int, int]:
    """(from, to before) that is asked for; all where that is not said, or not so that it can be read."""
    if "If-Range" in request.headers and request.headers["If-Range"] != f'"{tag}"':
        return 0, size
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or found.groups() == (None, None):
        return 0, size
    first, last = found.groups()
    if first is None:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last is not None else size
        if last is not None and int(last) < start:
            return 0, size
    if start >= size or start >= end:
        raise Refusal("beyond-the-file", headers={"Content-Range": f"bytes */{size}"})
    return start, end
