"""What people do with their own account in the studio, and how those come in whom a municipality vouches for."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from server.stores import bodies
from server.stores.database import Database
from tests.browser.desk import Desk, mailed_code, make_body, make_person
from tests.browser.machine import Machine
from tests.server.api import provider as openid
from tests.server.api.provider import CLIENT_ID, CLIENT_SECRET, RunningProvider

AT_A_DESK = {"has_touch": False, "is_mobile": False}


@pytest.fixture
def provider() -> Iterator[RunningProvider]:
    with openid.running() as provider:
        yield provider
    assert provider.broken == []


@pytest.fixture
def vouched_for(provider: RunningProvider, another_machine: Machine, tmp_path: Path) -> Machine:
    """A server at which one may sign in by the provider: whoever is among its guides is one here."""
    secret, file = tmp_path / "secret", tmp_path / "providers.toml"
    secret.write_text(CLIENT_SECRET + "\n")
    file.write_text(
        f"""
        [ostersund]
        name = "Östersunds kommun"
        issuer = "{provider.issuer}"
        client_id = "{CLIENT_ID}"
        client_secret_file = "{secret}"
        municipality = "2380"
        [[ostersund.duties]]
        claim = "groups"
        value = "lotsar"
        duty = "guide"
        """
    )
    another_machine.serve(more={"ROTFASTE_PROVIDERS": str(file)})
    return another_machine


def test_whom_a_municipality_vouches_for_comes_in_and_is_where_they_wanted_to_be(
    new_desk: Callable[..., Desk], provider: RunningProvider, vouched_for: Machine
) -> None:
    provider.know("asa", name="Åsa Berg", groups=["lotsar"])
    desk = new_desk(language="sv", address=vouched_for.address, **AT_A_DESK)
    at_theirs = desk.page.locator("input[name=sub]")

    def go_there() -> None:
        desk.open("/studio/duty")
        desk.page.get_by_role("button", name="Östersunds kommun").click()
        expect(at_theirs).to_be_visible()

    go_there()
    desk.page.get_by_role("button", name="Deny").click()
    expect(
        desk.shows("studio.sign-in.back.attempt-over")
    ).to_be_visible()  # theirs does not say whose no it is
    assert "#" not in desk.page.url
    provider.spoiled.claims = {"aud": "another-service"}
    go_there()
    at_theirs.fill("asa")
    desk.page.get_by_role("button", name="Authorize").click()
    expect(desk.shows("studio.sign-in.back.provider-failed")).to_be_visible()
    assert "#" not in desk.page.url

    provider.spoiled.claims = {}
    go_there()
    at_theirs.fill("asa")
    desk.page.get_by_role("button", name="Authorize").click()
    expect(desk.shows("studio.calendar.mine")).to_be_visible()
    assert desk.page.url.endswith("/studio/duty")

    desk.open("/studio")
    expect(desk.shows("studio.home.hello", name="Åsa Berg")).to_be_visible()
    expect(desk.shows("studio.home.next.passkey")).to_be_hidden()  # the provider is as good
    desk.open("/studio/account")
    expect(desk.shows("studio.account.provider.remove", name="Östersunds kommun")).to_be_visible()


def test_who_decides_for_others_and_has_no_passkey_is_led_to_make_one(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.has_an_authenticator()
    desk.is_signed_in(database, make_person(database, "Gun", guide="2305"))

    desk.open("/studio")
    desk.button("studio.home.next.passkey.do").click()
    desk.button("studio.passkey.make").click()
    expect(desk.shows("studio.account.passkey.remove", name="Min lösennyckel")).to_be_visible()

    desk.open("/studio")
    expect(desk.shows("studio.home.hello", name="Gun")).to_be_visible()
    expect(desk.shows("studio.home.next.passkey")).to_be_hidden()


def test_an_address_is_changed_everything_is_taken_along_and_a_body_left(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person, owner = make_person(database, "Ali"), make_person(database, "Elsa")
    body = make_body(database, "Kören", owner)
    with database.transaction() as connection:
        member = bodies.members(connection, body)[0]
        bodies.set_member(connection, body, person, "viewer", member.since)
    desk = new_desk(language="sv")
    desk.is_signed_in(database, person)

    desk.open("/studio/account")
    address = desk.field("studio.account.address.other")
    address.fill("ali at example")
    desk.tap("studio.sign-in.send")
    expect(desk.shows("problem.bad-address")).to_be_visible()
    address.fill("ali@example.se")
    desk.tap("studio.sign-in.send")
    desk.field("studio.sign-in.code").fill("000 000")
    desk.tap("studio.account.address.use")
    expect(desk.shows("problem.wrong-code")).to_be_visible()
    desk.field("studio.sign-in.code").fill(mailed_code(database, "ali@example.se", desk))
    desk.tap("studio.account.address.use")
    expect(desk.shows("studio.account.address.is", address="ali@example.se")).to_be_visible()

    with desk.page.expect_download() as waiting:
        desk.tap("studio.account.export")
    assert waiting.value.suggested_filename == "rotfaste-account.json"
    assert "ali@example.se" in json.dumps(json.loads(waiting.value.path().read_text("utf-8")))

    desk.open(f"/studio/bodies/{body}")
    for _ in ("once", "and once more"):
        desk.tap("studio.members.leave")
    expect(desk.shows("studio.home.no-body")).to_be_visible()


def test_a_guide_is_seen_with_a_picture(new_desk: Callable[..., Desk], database: Database) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), (90, 120, 90)).save(drawn, "PNG")
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, make_person(database, "Gun", guide="2326"), how="passkey")

    desk.open("/studio/guide")
    desk.field("studio.guide.phone").fill("0687-123 45")
    desk.button("studio.guide.hours.add").click()
    desk.field("studio.guide.begins").fill("11:00")
    desk.field("studio.guide.ends").fill("09:00")
    desk.button("studio.save").click()
    expect(desk.shows("problem.bad-hours")).to_be_visible()
    desk.field("studio.guide.ends").fill("12:00")
    desk.button("studio.save").click()
    expect(desk.shows("studio.saved")).to_be_visible()
    chosen = desk.page.locator("input[type=file]")
    chosen.set_input_files({"name": "gun.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(desk.page.get_by_role("alert")).to_be_visible()
    chosen.set_input_files({"name": "gun.png", "mimeType": "image/png", "buffer": drawn.getvalue()})

    shown = desk.page.get_by_role("img", name="Gun")
    expect(shown).to_be_visible()
    desk.wait_until(lambda: shown.evaluate("(one) => one.naturalWidth") > 0)
    desk.page.reload()
    expect(shown).to_be_visible()
