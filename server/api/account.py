"""The own account: everything that is kept of it, and what its owner is called."""

import base64
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response

from quests.model import Language
from server.api.framework import (
    Asked,
    Blueprint,
    reply,
)
from server.use_cases import accounts

blueprint = Blueprint("account", same_origin=True, description="The own account, by who is signed in.")

Role = Literal["viewer", "author", "editor", "owner"]


class PasskeyShown(msgspec.Struct, frozen=True, kw_only=True):
    """One passkey."""

    id: Annotated[str, msgspec.Meta(description="Its id, base64url.")]
    name: Annotated[str, msgspec.Meta(description="What its owner calls it.")]
    added_at: Annotated[datetime, msgspec.Meta(description="When it was added.")]


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """One browser that is signed in."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    how: Annotated[str, msgspec.Meta(description="code, passkey or provider.")]
    browser: Annotated[str, msgspec.Meta(description="Family of browser and system; may be empty.")]
    begun_at: Annotated[datetime, msgspec.Meta(description="Since when.")]
    seen_at: Annotated[datetime, msgspec.Meta(description="When it was last used, to the hour.")]
    current: Annotated[bool, msgspec.Meta(description="It is the one that asks.")]


class IdentityShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who one is at a provider, joined to the account."""

    id: Annotated[str, msgspec.Meta(description="Names it here.")]
    issuer: Annotated[str, msgspec.Meta(description="The provider's address.")]
    name: Annotated[
        str, msgspec.Meta(description="What people know the provider as; its address where it is none now.")
    ]
    added_at: Annotated[datetime, msgspec.Meta(description="When it was joined.")]


class DeviceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One device of a player."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    added_at: Annotated[datetime, msgspec.Meta(description="When it was added.")]


class PlayerShown(msgspec.Struct, frozen=True, kw_only=True):
    """A player that belongs to the account."""

    id: Annotated[str, msgspec.Meta(description="The player's id.")]
    devices: Annotated[tuple[DeviceShown, ...], msgspec.Meta(description="Its phones, oldest first.")]


class DutyShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the person does for all."""

    duty: Annotated[
        str, msgspec.Meta(description="guide, moderator, language-helper, insights or administrator.")
    ]
    municipality: Annotated[
        str, msgspec.Meta(description="SCB's code of the municipality; empty: everywhere.")
    ]
    languages: Annotated[tuple[str, ...], msgspec.Meta(description="What the person reads, BCP 47.")]


class MembershipShown(msgspec.Struct, frozen=True, kw_only=True):
    """A body that the person acts for."""

    body: Annotated[str, msgspec.Meta(description="The body's id.")]
    name: Annotated[str, msgspec.Meta(description="What it is called.")]
    kind: Annotated[str, msgspec.Meta(description="association, sameby, municipality or region.")]
    state: Annotated[str, msgspec.Meta(description="asked, active, refused or closed.")]
    role: Annotated[str, msgspec.Meta(description="viewer, author, editor or owner.")]


class AccountAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the own account but the keys themselves."""

    id: Annotated[str, msgspec.Meta(description="The account's id.")]
    name: Annotated[str, msgspec.Meta(description="What the person wants to be called; may be empty.")]
    address: Annotated[str | None, msgspec.Meta(description="E-mail address that codes are sent to.")]
    language: Annotated[str | None, msgspec.Meta(description="The person's language, BCP 47.")]
    is_adult: Annotated[bool, msgspec.Meta(description="The person said to be 18 or older.")]
    reminders: Annotated[
        bool, msgspec.Meta(description="A mail, at most one a week, where a stage waits for a look.")
    ]
    looks_after: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="Stages that the person looks after, as `<trail>/<stage>`; without a stage all of the trail."
        ),
    ]
    is_strong: Annotated[
        bool, msgspec.Meta(description="Signed in by passkey or provider within twelve hours.")
    ]
    needs_passkey: Annotated[
        bool,
        msgspec.Meta(
            description="The person has a duty that asks for a strong sign-in, and no way to one yet: a passkey is to be made."
        ),
    ]
    leaves_at: Annotated[
        datetime | None, msgspec.Meta(description="When the account will be erased, if that was asked for.")
    ]
    passkeys: Annotated[tuple[PasskeyShown, ...], msgspec.Meta(description="Oldest first.")]
    sessions: Annotated[tuple[SessionShown, ...], msgspec.Meta(description="Newest first.")]
    players: Annotated[tuple[PlayerShown, ...], msgspec.Meta(description="Players of this account.")]
    providers: Annotated[
        tuple[IdentityShown, ...],
        msgspec.Meta(description="Who the person is at providers that lead here, oldest first."),
    ]
    duties: Annotated[tuple[DutyShown, ...], msgspec.Meta(description="What the person does for all.")]
    bodies: Annotated[tuple[MembershipShown, ...], msgspec.Meta(description="By name.")]


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should be changed; what is not named stays."""

    name: Annotated[str | None, msgspec.Meta(description="At most 80 characters, in one line.")] = None
    language: Annotated[Language | None, msgspec.Meta(description="BCP 47; easy Swedish is sv-simple.")] = (
        None
    )
    is_adult: Annotated[bool | None, msgspec.Meta(description="18 or older, as the person says.")] = None
    reminders: Annotated[bool | None, msgspec.Meta(description="Whether to be reminded by mail.")] = None


@blueprint.route("/account")
@blueprint.response(200, AccountAnswer)
def see_account(asked: Asked) -> Response:
    """See the own account: everything that is kept of it."""
    return reply(shown(asked))


@blueprint.route("/account", methods=["PATCH"])
@blueprint.arguments(AccountChange)
@blueprint.response(200, AccountAnswer)
def change_account(asked: Asked, body: AccountChange) -> Response:
    """Change how one is called, the language, whether one is of age, or whether reminders come."""
    accounts.change(
        asked.edge.database,
        asked.person,
        name=None if body.name is None else " ".join(body.name.split())[:80],
        language=body.language,
        is_adult=body.is_adult,
        reminded=body.reminders,
    )
    return reply(shown(asked))


def shown(asked: Asked) -> AccountAnswer:
    """The account of who asks, as it is now."""
    found = accounts.overview(asked.edge.database, asked.person)
    return AccountAnswer(
        id=found.account.id,
        name=found.account.name,
        address=found.address,
        language=found.account.language,
        is_adult=found.account.is_adult,
        reminders=found.reminders,
        looks_after=found.looks_after,
        needs_passkey=found.needs_passkey,
        is_strong=asked.person.is_strong(datetime.now(UTC)),
        leaves_at=found.account.leaves_at,
        passkeys=tuple(
            PasskeyShown(
                id=base64.urlsafe_b64encode(passkey.credential_id).decode().rstrip("="),
                name=passkey.name,
                added_at=passkey.added_at,
            )
            for passkey in found.passkeys
        ),
        sessions=tuple(
            SessionShown(
                id=session.id,
                how=session.how,
                browser=session.browser,
                begun_at=session.begun_at,
                seen_at=session.seen_at,
                current=session.id == asked.person.session.id,
            )
            for session in found.sessions
        ),
        players=tuple(
            PlayerShown(
                id=player,
                devices=tuple(DeviceShown(id=device.id, added_at=device.added_at) for device in devices),
            )
            for player, devices in found.players.items()
        ),
        providers=tuple(
            IdentityShown(
                id=one.id,
                issuer=one.issuer,
                name=asked.edge.providers.name_of(one.issuer),
                added_at=one.added_at,
            )
            for one in found.identities
        ),
        duties=tuple(
            DutyShown(duty=duty.duty, municipality=duty.municipality, languages=duty.languages)
            for duty in found.duties
        ),
        bodies=tuple(
            MembershipShown(
                body=membership.body.id,
                name=membership.body.name,
                kind=membership.body.kind,
                state=membership.body.state,
                role=membership.role,
            )
            for membership in found.memberships
        ),
    )
