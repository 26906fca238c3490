"""A real OpenID provider that runs beside the tests, with somebody in between who may change what it says."""

import json
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt
from werkzeug.serving import make_server

from tests.server.seaweed import free_ports

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLIENT_ID, CLIENT_SECRET = "rotfaste", "a-secret-that-only-the-two-know"


@dataclass
class Spoiled:
    """What is changed on its way; nothing, unless a test says so."""

    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    key: Any = None
    #: By path: what is answered instead of what the provider says.
    answers: dict[str, tuple[str, list[tuple[str, str]], bytes]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class RunningProvider:
    port: int
    app: Any
    spoiled: Spoiled = field(default_factory=Spoiled)
    #: What was asked of it: path, form, headers.
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: What went wrong here, and not in what is tried.
    broken: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def key(self) -> Any:
        import flask

        with self.app.test_request_context("/"):
            self.app.preprocess_request()
            found = flask.g.oidc_provider_mock_storage.jwk
        return jwk.import_key(found.as_dict(is_private=True))

    def know(self, subject: str, **claims: Any) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()
        self.users[subject] = claims

    def signs_in(self, address: str, subject: str) -> str:
        """What somebody does on the provider's page: the address that the browser is sent back to."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def refuses(self, address: str) -> str:
        return httpx.post(address, data={"action": "deny"}).headers["location"]

    def wsgi(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return self._answer(environ, start_response)
        except Exception as error:
            self.broken.append(repr(error))
            raise

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in self.spoiled.answers:
            status, headers, body = self.spoiled.answers[path]
            start_response(status, headers)
            return [body]
        if path == "/oauth2/token":
            return self._token(environ, start_response)
        if path == "/.well-known/openid-configuration":
            self.asked.append((path, {}, ""))
            return self._changed(environ, start_response, lambda about: {**about, **self.spoiled.about})
        if path == "/jwks":
            self.asked.append((path, {}, ""))
        return self.app(environ, start_response)

    def _token(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        import io

        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        self.asked.append(("/oauth2/token", parse_qs(body.decode()), environ.get("HTTP_AUTHORIZATION", "")))
        return self._changed(environ, start_response, self._signed_anew)

    def _signed_anew(self, told: dict[str, Any]) -> dict[str, Any]:
        if "id_token" not in told:
            return told
        read = jwt.decode(told["id_token"], self.key, algorithms=["RS256"])
        claims = {**read.claims, **self.users.get(read.claims["sub"], {}), **self.spoiled.claims}
        for name in self.spoiled.without:
            claims.pop(name, None)
        header = {**read.header, **self.spoiled.header}
        key = self.spoiled.key or self.key
        return {**told, "id_token": jwt.encode(header, claims, key, algorithms=[header["alg"]])}

    def _changed(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        change: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> Iterable[bytes]:
        from werkzeug.wrappers import Response

        response = Response.from_app(self.app, environ)
        if response.status_code == 200:
            response.set_data(json.dumps(change(json.loads(response.get_data()))))
        return response(environ, start_response)


@contextmanager
def running() -> Iterator[RunningProvider]:
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")  # of the libraries that the provider is made of
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it is on this machine
        from oidc_provider_mock import app

        (port,) = free_ports(1)
        provider = RunningProvider(port, app())
        server = make_server("localhost", port, provider.wsgi, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]
