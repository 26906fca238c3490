"""The two classes of flask-smorest that are subclassed, and the one function that a request passes through."""

import functools
import http
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import flask_smorest
import msgspec
from flask import Response, current_app, request

from server.api.edge import EXTENSION, Asked, Edge
from server.api.forms import Piece, read_body, read_headers, read_path, read_piece, read_query
from server.api.framework.describing import described, parameter
from server.api.framework.operation import Location, Operation, Read, Says, TakesBytes, operation_of
from server.api.framework.parameters import NoParameters
from server.api.framework.replies import JSON
from server.api.schemas import Schemas
from server.policy import POLICY, Door, Row

View = TypeVar("View", bound=Callable[..., Any])

SMALL_BODY_BYTES = 100_000


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
        self._prepare_doc_cbks = [_describe]

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
            operation_of(view).reads.append(Read(form, location, most_bytes, items or {}))
            return view

        return decorate

    def takes_bytes(
        self, media_type: str, *, most_bytes: int, refused: str = "not-a-piece"
    ) -> Callable[[View], View]:
        """The view is handed a `forms.Piece` last: the body, or as much of it as arrived. `refused`: of another type."""

        def decorate(view: View) -> View:
            operation_of(view).piece = TakesBytes(media_type, most_bytes, refused)
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
            operation_of(view).answers[status] = Says(form, media_type, told, headers or {})
            return view

        return decorate

    def says_no(self, *codes: str) -> Callable[[View], View]:
        """The problems of this route, beside those that its forms and its door bring."""

        def decorate(view: View) -> View:
            operation_of(view).says_no.extend(codes)
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
        operation = operation_of(view_func)
        if not any(read.location == "query" for read in operation.reads):
            operation.reads.append(Read(NoParameters, "query", 0, {}))
        operation.reads.sort(key=lambda read: ("path", "query", "header", "json").index(read.location))
        (method,) = methods
        row = POLICY[f"{method} {self._prefix}{rule}"]
        view = _composed(view_func, operation, row, tiles=self._tiles, same_origin=self._same_origin)
        view._apidoc = {"operation": operation, "row": row, "name": view_func.__name__}  # type: ignore[attr-defined]  # noqa: SLF001
        parameters = [
            {"in": "path", "name": field.encode_name, "required": True, **parameter(field)}
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


def _describe(
    _doc: dict[str, Any], doc_info: dict[str, Any], *, api: Api, method: str, **_: object
) -> dict[str, Any]:
    """An operation of the OpenAPI document, asked for by flask-smorest."""
    return described(doc_info["operation"], doc_info["row"], doc_info["name"], method, api.schemas)


def _composed(
    view: Callable[..., Any], operation: Operation, row: Row, *, tiles: bool, same_origin: bool
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
