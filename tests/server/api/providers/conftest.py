"""An OpenID provider, a real one that runs beside, and the application that believes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import Server
from tests.server.api import provider as openid
from tests.server.api.provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, Spoiled
from tests.server.api.providers.browsers import with_providers


@pytest.fixture(scope="package")
def running() -> Iterator[RunningProvider]:
    with openid.running() as provider:
        yield provider


@pytest.fixture(scope="package")
def file(running: RunningProvider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("providers")
    (folder / "secret").write_text(CLIENT_SECRET + "\n")
    file = folder / "providers.toml"
    file.write_text(
        f"""
        [ostersund]
        name = "Östersunds kommun"
        issuer = "{running.issuer}"
        client_id = "{CLIENT_ID}"
        client_secret_file = "{folder / "secret"}"
        municipality = "2380"
        [[ostersund.duties]]
        claim = "groups"
        value = "lotsar"
        duty = "guide"
        [[ostersund.duties]]
        claim = "groups"
        value = "chefer"
        duty = "guide"
        """
    )
    return file


@pytest.fixture
def provider(running: RunningProvider) -> Iterator[RunningProvider]:
    running.spoiled, running.users = Spoiled(), {}
    running.asked.clear()
    yield running
    assert running.broken == []


@pytest.fixture
def server(server: Server, file: Path, provider: RunningProvider) -> Iterator[Server]:
    """The application that the other tests have, with the provider besides; nothing of it is known yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "edge", with_providers(server, file))
        patch.setitem(server.extensions, "rotfaste", server.edge)
        yield server
