"""Players: registered by a phone that may have lost the answer, known by a token that is never kept."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from server.stores.database import Database
from server.stores.players import Device, Player
from server.use_cases import players
from server.use_cases.players import Caller
from server.use_cases.problem import Problem
from tests.factories import NOON, Phone, PhoneFactory, PlayerFactory, new_id


@pytest.fixture
def player() -> Player:
    return PlayerFactory.create(language="sv-simple")


@pytest.fixture
def phone() -> Phone:
    return PhoneFactory.create()


def kept(database: Database) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in database.private.read("SELECT player_id::text, id::text FROM game.devices ORDER BY 1, 2")
    ]


def test_a_lost_answer_costs_nothing(opened: Database, player: Player, phone: Phone) -> None:
    first = players.register(opened, player, phone.stored, NOON)

    again = players.register(opened, player, phone.stored, NOON)

    assert first.created
    assert again == replace(first, created=False)
    assert kept(opened) == [(player.id, phone.device)]


def test_the_token_opens_and_no_other_does(opened: Database, player: Player, phone: Phone) -> None:
    players.register(opened, player, phone.stored, NOON)
    other: Phone = PhoneFactory.create()

    assert players.authenticate(opened, phone.bearer(player.id)) == Caller(player.id, phone.device)
    for bearer in (
        other.bearer(player.id),
        phone.bearer(new_id()),
        phone.bearer(player.id).upper(),
        phone.bearer(player.id) + "=",
        phone.bearer(player.id) + "\n",
        phone.bearer(player.id).replace(".", ""),
        phone.bearer(player.id)[:-1] + "é",
        "",
        f"{player.id}.",
        f"{player.id}.{phone.stored.token_sha256.hex()}",
        f"{player.id}.{base64.urlsafe_b64encode(phone.stored.token_sha256).decode().rstrip('=')}",
    ):
        assert players.authenticate(opened, bearer) is None, bearer


def test_the_token_itself_is_nowhere(opened: Database, player: Player, phone: Phone) -> None:
    players.register(opened, player, phone.stored, NOON)

    everything = str(opened.private.read("SELECT p::text, d::text FROM game.players p, game.devices d"))

    assert phone.token.hex() not in everything
    assert phone.bearer("")[1:] not in everything


def test_a_second_device_comes_in_with_the_first(opened: Database, player: Player, phone: Phone) -> None:
    players.register(opened, player, phone.stored, NOON)
    tablet: Phone = PhoneFactory.create()
    caller = players.authenticate(opened, phone.bearer(player.id))

    added = players.register(opened, player, tablet.stored, NOON, caller)

    assert not added.created
    assert players.authenticate(opened, tablet.bearer(player.id)) == Caller(player.id, tablet.device)
    assert players.authenticate(opened, phone.bearer(player.id)) == Caller(player.id, phone.device)
    assert players.register(opened, player, tablet.stored, NOON) == added


@pytest.mark.parametrize("stranger", [None, Caller(new_id(), new_id())])
def test_nobody_else_adds_a_device_or_learns_anything(
    opened: Database, player: Player, phone: Phone, stranger: Caller | None
) -> None:
    players.register(opened, player, phone.stored, NOON)
    mine: Phone = PhoneFactory.create()
    tries = [
        mine.stored,  # a device and token of one's own
        Device(phone.device, mine.stored.token_sha256),  # the player's device with another token
        Device(mine.device, phone.stored.token_sha256),  # the player's token on another device
    ]

    for device in tries:
        with pytest.raises(Problem) as problem:
            players.register(opened, player, device, NOON, stranger)
        assert (problem.value.code, problem.value.facts) == ("player-taken", {})

    assert kept(opened) == [(player.id, phone.device)]


def test_the_player_is_told_that_a_device_is_in_the_way(
    opened: Database, player: Player, phone: Phone
) -> None:
    players.register(opened, player, phone.stored, NOON)
    caller = Caller(player.id, phone.device)
    other: Phone = PhoneFactory.create()

    for device in (
        Device(phone.device, other.stored.token_sha256),
        Device(other.device, phone.stored.token_sha256),
    ):
        with pytest.raises(Problem, match="device-taken"):
            players.register(opened, player, device, NOON, caller)


def test_only_the_player_changes_the_language(opened: Database, player: Player, phone: Phone) -> None:
    players.register(opened, player, phone.stored, NOON)
    wanted = replace(player, language="en")

    unasked = players.register(opened, wanted, phone.stored, NOON)
    own = players.register(opened, wanted, phone.stored, NOON, Caller(player.id, phone.device))
    left_out = players.register(
        opened, replace(player, language=None), phone.stored, NOON, Caller(player.id, phone.device)
    )

    assert unasked.player == player
    assert own.player == wanted
    assert left_out.player == wanted


def test_one_device_may_be_of_two_players(opened: Database, phone: Phone) -> None:
    child, parent = PlayerFactory.create(), PlayerFactory.create()

    assert players.register(opened, child, phone.stored, NOON).created
    assert players.register(opened, parent, phone.stored, NOON).created


def test_a_phone_that_asks_four_times_at_once_is_one_player(
    opened: Database, player: Player, phone: Phone
) -> None:
    with ThreadPoolExecutor(4) as tries:
        answers = list(tries.map(lambda _: players.register(opened, player, phone.stored, NOON), range(4)))

    assert sorted(answer.created for answer in answers) == [False, False, False, True]
    assert kept(opened) == [(player.id, phone.device)]
