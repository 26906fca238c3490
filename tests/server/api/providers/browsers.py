"""What a browser does that goes to a provider and comes back."""

import dataclasses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from server.api.sign_in import SIGN_IN_PAGE, SIGNED_IN_PAGE
from server.app import Server
from server.openid import Providers, read_providers
from tests.server.api.people import Browser
from tests.server.api.provider import RunningProvider


def with_providers(server: Server, file: Path) -> Any:
    return dataclasses.replace(server.edge, providers=Providers(read_providers(file)))


def begin(browser: Browser) -> str:
    answer = browser.post("/sign-in/provider/ostersund")
    assert answer.status_code == 200, answer.text
    address: str = answer.get_json()["address"]
    return address


def come_back(browser: Browser, address: str) -> TestResponse:
    """As the browser follows the provider: from another site, with the cookies that come along then."""
    parts = urlsplit(address)
    return browser.client.get(parts.path, query_string=parts.query, headers={"Sec-Fetch-Site": "cross-site"})


def where(answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


FAILED, OVER = f"{SIGN_IN_PAGE}#provider-failed", f"{SIGN_IN_PAGE}#attempt-over"


def signed_in(server: Server, provider: RunningProvider, subject: str = "asa", **claims: Any) -> Browser:
    provider.know(subject, **claims)
    browser = Browser(server)
    answer = come_back(browser, provider.signs_in(begin(browser), subject))
    assert where(answer) == SIGNED_IN_PAGE
    return browser
