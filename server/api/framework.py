"""flask-smorest, subclassed once: forms are msgspec structs, and every no is a problem of `server.problems`.

One struct parses, validates, documents and answers. A route names the forms it reads and what it answers; who may
come in is looked up in `server.policy`, and a route without a row there does not start. What the decorators
gather is put together once, when a route is registered, so that a request passes through one function.
"""

import functools
import http
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import flask_smorest
import msgspec
from flask import Response, current_app, request

from server.api.edge import EXTENSION, Asked, Edge
from server.api.forms import Piece, read_body, read_headers, read_path, read_piece, read_query
from server.api.schemas import Schemas
from server.config import HOST
from server.policy import POLICY, Cell, Door, Row
from server.problems import MEDIA_TYPE, PROBLEMS, ProblemBody, Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Location = Literal["path", "query", "header", "json"]
View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"
SMALL_BODY_BYTES = 100_000
# Python's `$` also stands before a line break at the end, other readers' does not.
END = r"$(?!\n)"
LINE = r"[^\x00-\x1f\x7f]"  # what can be typed in one line
CURSOR = rf"^[A-Za-z0-9_-]{{1,500}}{END}"

# What any route may say, by what it does.
_ALWAYS = ("invalid-query", "too-many-requests")
_OF_LOCATION = {
    "path": ("invalid-path",),
    "query": (),
    "header": ("invalid-header",),
    "json": ("not-json", "invalid-body", "too-large", "unsupported-media-type", "unsupported-encoding"),
}
_OF_DOOR: Mapping[Door, tuple[list[dict[str, list[str]]], tuple[str, ...]]] = {
    Door.OPEN: ([], ()),
    Door.DEVICE: ([{"device": []}], ("unknown-token", "database-gone")),
    Door.ASKED: ([{}, {"device": []}], ("unknown-token", "database-gone")),
    Door.PERSON: ([{"session": []}], ("signed-out", "cross-site", "database-gone")),
    Door.VISITOR: ([{}, {"session": []}], ("database-gone",)),
    Door.PERSON_AND_DEVICE: (
        [{"session": [], "device": []}],
        ("signed-out", "cross-site", "unknown-token", "database-gone"),
    ),
    Door.OPERATOR: ([{}, {"operator": []}], ("not-found",)),
}
_HEADERS_OF_STATUS = {
    401: {"WWW-Authenticate": "How to show who you are."},
    429: {"Retry-After": "When to try again. [s]"},
    503: {"Retry-After": "When to try again. [s]"},
    507: {"Retry-After": "When to try again. [s]"},
}


class NoParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query in which nothing may stand."""


class LanguageParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lang: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^[A-Za-z]{{2,3}}(-[A-Za-z0-9]{{2,8}}){{0,4}}{END}",
                description="Language of the answer, BCP 47; stands before Accept-Language. Easy Swedish is sv-simple.",
            ),
        ]
        | None
    ) = None


@dataclass(frozen=True, slots=True)
class _Read:
    form: type[msgspec.Struct]
    location: Location
    most_bytes: int
    items: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A body of bytes."""

    media_type: str
    most_bytes: int
    refused: str


@dataclass(frozen=True, slots=True)
class _Says:
    form: Any
    media_type: str
    description: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Operation:
    """What the decorators of one view say of it."""

    reads: list[_Read] = field(default_factory=list)
    answers: dict[int, _Says] = field(default_factory=dict)
    says_no: list[str] = field(default_factory=list)
    piece: "_Piece | None" = None


def _operation(view: Callable[..., Any]) -> _Operation:
    found: _Operation | None = getattr(view, "operation", None)
    if found is None:
        found = view.operation = _Operation()  # type: ignore[attr-defined]
    return found


class Api(flask_smorest.Api):
    """Registers blueprints and gathers the OpenAPI document. Problems are answered by the application."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  handed on
        self.schemas = Schemas()
        super().__init__(*args, **kwargs)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.spec.to_dict()
        document.setdefault("components", {})["schemas"] = self.schemas.components
        return document

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        pass

    def _register_etag_headers(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        pass


class Blueprint(flask_smorest.Blueprint):
    """`tiles`: its requests are counted as tiles of a map, of which a phone asks for dozens at once.

    `same_origin`: what it answers is for our own pages, and not for others to build on.
    """

    def __init__(
        self,
        name: str,
        *,
        prefix: str = "/api/v1",
        tiles: bool = False,
        same_origin: bool = False,
        description: str,
    ) -> None:
        super().__init__(name, __name__, url_prefix=prefix or None, description=description)
        self._prefix = prefix
        self._tiles = tiles
        self._same_origin = same_origin
        self._prepare_doc_cbks = [self._describe]

    def arguments(
        self,
        form: type[msgspec.Struct],
        *,
        location: Location = "json",
        most_bytes: int = SMALL_BODY_BYTES,
        items: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """The form is handed to the view, forms in the order path, query, headers, body.

        `items`: for a field that is a list of anything, the form that its items should have.
        """

        def decorate(view: View) -> View:
            _operation(view).reads.append(_Read(form, location, most_bytes, items or {}))
            return view

        return decorate

    def takes_bytes(
        self, media_type: str, *, most_bytes: int, refused: str = "not-a-piece"
    ) -> Callable[[View], View]:
        """The view is handed a `forms.Piece` last: the body, or as much of it as arrived. `refused`: of another type."""

        def decorate(view: View) -> View:
            _operation(view).piece = _Piece(media_type, most_bytes, refused)
            return view

        return decorate

    def response(
        self,
        status: int,
        form: Any = None,  # noqa: ANN401  any type that msgspec can describe
        *,
        media_type: str = JSON,
        description: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Callable[[View], View]:
        """What a view may answer; it returns a Response of its own making (see `reply`)."""

        def decorate(view: View) -> View:
            told = description or http.HTTPStatus(status).phrase
            _operation(view).answers[status] = _Says(form, media_type, told, headers or {})
            return view

        return decorate

    def says_no(self, *codes: str) -> Callable[[View], View]:
        """The problems of this route, beside those that its forms and its door bring."""

        def decorate(view: View) -> View:
            _operation(view).says_no.extend(codes)
            return view

        return decorate

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,  # noqa: FBT001  flask's signature
        *,
        methods: Sequence[str] = ("GET",),
        **options: Any,  # noqa: ANN401  handed on
    ) -> None:
        if view_func is None:
            raise TypeError("a view is needed")
        operation = _operation(view_func)
        if not any(read.location == "query" for read in operation.reads):
            operation.reads.append(_Read(NoParameters, "query", 0, {}))
        operation.reads.sort(key=lambda read: ("path", "query", "header", "json").index(read.location))
        (method,) = methods
        row = POLICY[f"{method} {self._prefix}{rule}"]
        view = _composed(view_func, operation, row, tiles=self._tiles, same_origin=self._same_origin)
        view._apidoc = {"operation": operation, "row": row, "name": view_func.__name__}  # type: ignore[attr-defined]  # noqa: SLF001
        parameters = [
            {"in": "path", "name": field.encode_name, "required": True, **_parameter(field)}
            for read in operation.reads
            if read.location == "path"
            for field in msgspec.structs.fields(read.form)
        ]
        super().add_url_rule(
            rule,
            endpoint,
            view,
            provide_automatic_options,
            methods=methods,
            **{**options, "parameters": parameters},
        )

    @staticmethod
    def _describe(
        _doc: dict[str, Any], doc_info: dict[str, Any], *, api: Api, method: str, **_: object
    ) -> dict[str, Any]:
        """An operation of the OpenAPI document."""
        operation: _Operation = doc_info["operation"]
        row: Row = doc_info["row"]
        described: dict[str, Any] = {}
        codes = [*_ALWAYS, *operation.says_no, *_who_may_not(row)]
        parameters: list[dict[str, Any]] = []
        for read in operation.reads:
            codes += _OF_LOCATION[read.location]
            if read.location == "query":
                parameters += _parameters("query", read.form)
            elif read.location == "header":
                parameters += _parameters("header", read.form)
            elif read.location == "json":
                content = {JSON: {"schema": api.schemas.of(read.form)}}
                for name, form in read.items.items():
                    api.schemas.should_be(read.form, name, form)
                described["requestBody"] = {"required": True, "content": content}
        if operation.piece is not None:
            codes += [operation.piece.refused, "unsupported-encoding", "too-large"]
            schema = {"type": "string", "format": "binary", "maxLength": operation.piece.most_bytes}
            content = {operation.piece.media_type: {"schema": schema}}
            described["requestBody"] = {"required": True, "content": content}
        if any(name["name"] == "lang" for name in parameters):
            parameters.append(
                {
                    "in": "header",
                    "name": "Accept-Language",
                    "required": False,
                    "description": "Languages of the answer, best first.",
                    "schema": {"type": "string"},
                }
            )
        if parameters:
            described["parameters"] = parameters
        security, beside = _OF_DOOR[row.door]
        if security:
            described["security"] = security
        codes += beside
        described["responses"] = {
            str(status): _answer(says, api, method) for status, says in sorted(operation.answers.items())
        } | _problems(codes, api)
        described["operationId"] = doc_info["name"]
        return described


def _composed(
    view: Callable[..., Any], operation: _Operation, row: Row, *, tiles: bool, same_origin: bool
) -> Callable[..., Response]:
    """The one function that a request passes through: how often, who, what; then the view."""
    reads = tuple(operation.reads)
    is_public = row.door is Door.OPEN
    passed = tuple(read for read in reads if read.form is not NoParameters)
    piece = operation.piece

    @functools.wraps(view)
    def composed(**path: str) -> Response:
        edge: Edge = current_app.extensions[EXTENSION]
        if tiles:
            edge.limits.count_tile(request.remote_addr or "")
        else:
            edge.limits.count(request.headers.get("Authorization"), request.remote_addr or "")
        person = edge.person(request, row)
        asked = Asked(edge, edge.let_in(request, row), signed_in=person)
        forms: list[msgspec.Struct | Piece] = []
        for read in reads:
            if read.location == "query":
                form: Any = read_query(read.form, request)
                asked.lang = getattr(form, "lang", None)
                if read not in passed:
                    continue
            elif read.location == "path":
                form = read_path(read.form, path)
            elif read.location == "header":
                form = read_headers(read.form, request)
            else:
                form = read_body(read.form, request, read.most_bytes)
            forms.append(form)
        if piece is not None:
            forms.append(read_piece(request, piece.media_type, piece.most_bytes, piece.refused))
        response: Response = view(asked, *forms)
        if same_origin:
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        elif is_public:
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return composed


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


def _parameters(place: str, form: type[msgspec.Struct]) -> list[dict[str, Any]]:
    return [
        {"in": place, "name": name.encode_name, "required": name.required, **_parameter(name)}
        for name in msgspec.structs.fields(form)
    ]


def _parameter(name: msgspec.structs.FieldInfo) -> dict[str, Any]:
    """Schema and description of one path or query parameter."""
    one = msgspec.defstruct("One", [(name.name, name.type)])
    _, components = msgspec.json.schema_components([one], ref_template="{name}")
    schema = components["One"]["properties"][name.name]
    if (
        "anyOf" in schema
    ):  # `| None` is how a parameter that may be missing is said in Python, not over the wire
        schema = {**schema, **next(part for part in schema["anyOf"] if part.get("type") != "null")}
        del schema["anyOf"]
    if not name.required and name.default is not msgspec.NODEFAULT and name.default is not None:
        schema["default"] = name.default
    description = schema.pop("description", "")
    return {"schema": schema, "description": description}


def _answer(says: _Says, api: Api, method: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": says.description}
    if says.headers:
        told["headers"] = _headers(says.headers)
    if says.form is not None and method != "head":
        schema = {str: {"type": "string"}, bytes: {}}.get(says.form) if says.form in {str, bytes} else None
        schema = api.schemas.of(says.form) if schema is None else schema
        told["content"] = {says.media_type: {"schema": schema}}
    return told


def _who_may_not(row: Row) -> Iterable[str]:
    return ("being-erased",) if row.leaving_device is Cell.BEING_ERASED else ()


def _problems(codes: Iterable[str], api: Api) -> dict[str, Any]:
    """One response for each status, which lists the codes that it may carry."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    answers = {}
    for status, found in sorted(by_status.items()):
        told = "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in sorted(found))
        answers[str(status)] = {
            "description": f"{told}.",
            "content": {MEDIA_TYPE: {"schema": api.schemas.of(ProblemBody)}},
        }
        if status in _HEADERS_OF_STATUS:
            answers[str(status)]["headers"] = _headers(_HEADERS_OF_STATUS[status])
    return answers


def _headers(described: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": told, "schema": {"type": "string"}} for name, told in described.items()}


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Scheme and host. `is_set`: by whoever runs this server, and not by whoever asks."""

    url: str
    is_set: bool


def own_address(asked: Asked) -> OwnAddress:
    """The one that is set; else as whoever asks knows it, a trusted proxy's word counted.

    Raises Refusal where a request has named no host that could be one.
    """
    if (address := asked.edge.settings.public_address) is not None:
        return OwnAddress(address, is_set=True)
    if not HOST.fullmatch(request.host):
        raise Refusal("bad-request")
    return OwnAddress(f"{request.scheme}://{request.host}", is_set=False)


__all__ = [
    "CURSOR",
    "END",
    "JSON",
    "LINE",
    "Api",
    "Asked",
    "Blueprint",
    "LanguageParameters",
    "NoParameters",
    "OwnAddress",
    "not_modified",
    "own_address",
    "reply",
    "reply_bytes",
    "reply_unless_known",
]
