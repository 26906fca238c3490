"""What a view answers: values as JSON, bytes as they are, or that nothing has changed."""

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"


class Reply(Response):
    """A response whose body is whole: handed on as a list, which the server takes as it is."""

    def get_app_iter(self, environ: "WSGIEnvironment") -> Iterable[bytes]:
        found = super().get_app_iter(environ)
        return list(found) if self.is_sequence else found


def reply(
    value: Any,  # noqa: ANN401  anything that msgspec can write
    status: int = 200,
    *,
    language: str | None = None,
    cache: str = "no-store",
) -> Response:
    """A struct as JSON; bytes as they are."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return reply_bytes(body, JSON, status, language=language, cache=cache)


def reply_bytes(
    body: bytes, media_type: str, status: int = 200, *, language: str | None = None, cache: str = "no-store"
) -> Response:
    response = Reply(body, status, content_type=media_type)
    response.headers["Cache-Control"] = cache
    if language is not None:
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language"
    return response


def reply_unless_known(body: bytes, media_type: str, *, cache: str, language: str | None = None) -> Response:
    """With a strong ETag of the content; 304 when that is what the asker has already."""
    tag = sha256(body).hexdigest()[:32]
    response = not_modified(tag) or reply_bytes(body, media_type)
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    if language is not None:
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language"
    return response


def not_modified(tag: str) -> Response | None:
    """304 when the asker has the content of this tag already."""
    if not request.if_none_match.contains_weak(tag):  # as a proxy that compresses may have made it
        return None
    response = Response(status=304)
    del response.headers["Content-Type"]
    response.set_etag(tag)
    return response
