"""The least that can be served, for tests of what serves."""

from collections.abc import Callable, Iterable


def create() -> Callable[..., Iterable[bytes]]:
    def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(environ["wsgi.url_scheme"]).encode()]

    return application
