"""The own account: what it is called, how one signs in, which players are its own, and leaving."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response, request

from quests.model import Language
from quests.moves import Uuid
from server.api.framework import (
    END,
    LINE,
    Asked,
    Blueprint,
    LanguageParameters,
    own_address,
    reply,
    reply_bytes,
)
from server.api.players import Sha256
from server.api.sign_in import (
    BACK,
    CREDENTIAL_MOST_BYTES,
    Attempted,
    Bytes,
    CodeBody,
    CodeCheck,
    Onward,
    ProviderPath,
    Question,
    attempt_of,
    came,
    of_browser,
    only_with_mail,
    place,
    set_attempt,
    words,
)
from server.stores.players import Device
from server.use_cases import accounts, providers, sign_in
from server.use_cases.accounts import Overview
from server.use_cases.problem import Problem

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


class IdentityPath(msgspec.Struct, frozen=True):
    identity: Annotated[
        str, msgspec.Meta(pattern=rf"^[0-9a-f]{{32}}{END}", description="As the account gives it.")
    ]


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


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What an authenticator made."""

    client_data: Annotated[
        Bytes, msgspec.Meta(description="What the browser says it was about, base64url.")
    ] = msgspec.field(name="clientDataJSON")
    attestation_object: Annotated[Bytes, msgspec.Meta(description="With the public key, base64url.")]


class NewCredential(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passkey: these parts of what PublicKeyCredential.toJSON() gives."""

    id: Annotated[Bytes, msgspec.Meta(description="The passkey's id, base64url.")]
    response: Annotated[Made, msgspec.Meta(description="What was made.")]


class NewPasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passkey that an authenticator has made."""

    credential: Annotated[NewCredential, msgspec.Meta(description="The passkey that was made.")]

    name: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{1,80}}{END}", description="What its owner calls it, such as: my phone."
        ),
    ]


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone that plays on as a player of the account."""

    token_sha256: Annotated[
        Sha256, msgspec.Meta(description="SHA-256, in hex, of the token that the phone made.")
    ]


class PasskeyPath(msgspec.Struct, frozen=True):
    credential: Annotated[
        str,
        msgspec.Meta(pattern=rf"^[A-Za-z0-9_-]{{1,1400}}{END}", description="The passkey's id, base64url."),
    ]


class SessionPath(msgspec.Struct, frozen=True):
    session_id: Annotated[Uuid, msgspec.Meta(description="As the account lists it.")]


class PlayerPath(msgspec.Struct, frozen=True):
    player_id: Annotated[Uuid, msgspec.Meta(description="A player of the account.")]


class DevicePath(PlayerPath, frozen=True):
    device_id: Annotated[Uuid, msgspec.Meta(description="Made on the phone (UUID v4, lower case).")]


class LeavingState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the account is going to be erased."""

    leaves_at: Annotated[
        datetime | None, msgspec.Meta(description="From then on it is gone for good; null: it stays.")
    ]


@blueprint.route("/account")
@blueprint.response(200, AccountAnswer)
def see_account(asked: Asked) -> Response:
    """See the own account: everything that is kept of it."""
    return reply(_shown(asked, accounts.overview(asked.edge.database, asked.person)))


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
    return reply(_shown(asked, accounts.overview(asked.edge.database, asked.person)))


@blueprint.route("/account/address", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(CodeBody)
@blueprint.response(202, Attempted)
@blueprint.says_no("bad-address", "codes-sent", "mail-off", "sign-in-stronger", "sign-in-again")
def send_address_code(asked: Asked, _query: LanguageParameters, body: CodeBody) -> Response:
    """Have a code sent to another address, which becomes the account's when the code is typed."""
    only_with_mail(asked)
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    begun = accounts.begin_address(
        asked.edge.database,
        asked.person,
        body.address,
        asked.edge.signing,
        came(),
        words(asked),
        datetime.now(UTC),
    )
    response = reply(Attempted(minutes=sign_in.CODE_VALID.seconds // 60), 202)
    set_attempt(response, begun.token)
    return response


@blueprint.route("/account/address/check", methods=["POST"])
@blueprint.arguments(CodeCheck)
@blueprint.response(200, AccountAnswer)
@blueprint.says_no("wrong-code", "attempt-over", "address-taken", "sign-in-stronger", "sign-in-again")
def check_address_code(asked: Asked, body: CodeCheck) -> Response:
    """Make the address one's own with the code that came there. The older address is told by a mail, and forgotten."""
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    accounts.change_address(
        asked.edge.database,
        asked.person,
        attempt_of(),
        body.code,
        asked.edge.signing,
        words(asked),
        f"{own_address(asked).url}/about/privacy",
        datetime.now(UTC),
    )
    return reply(_shown(asked, accounts.overview(asked.edge.database, asked.person)))


@blueprint.route("/account/passkey", methods=["POST"])
@blueprint.response(200, Question)
@blueprint.says_no("passkeys-full", "sign-in-stronger", "sign-in-again")
def ask_new_passkey(asked: Asked) -> Response:
    """Have the browser make a passkey for this account."""
    begun = sign_in.begin_new_passkey(asked.edge.database, asked.person, place(asked), datetime.now(UTC))
    response = reply_bytes(b'{"options":' + begun.options.encode() + b"}", "application/json")
    set_attempt(response, begun.token)
    return response


@blueprint.route("/account/passkey/check", methods=["POST"])
@blueprint.arguments(NewPasskey, most_bytes=CREDENTIAL_MOST_BYTES)
@blueprint.response(201, AccountAnswer)
@blueprint.says_no("wrong-passkey", "attempt-over")
def add_passkey(asked: Asked, body: NewPasskey) -> Response:
    """Add the passkey that was made."""
    sign_in.finish_new_passkey(
        asked.edge.database,
        asked.person,
        attempt_of(),
        of_browser(body.credential),
        body.name,
        place(asked),
        datetime.now(UTC),
    )
    return reply(_shown(asked, accounts.overview(asked.edge.database, asked.person)), 201)


@blueprint.route("/account/passkeys/<credential>", methods=["DELETE"])
@blueprint.arguments(PasskeyPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-passkey", "last-way-in", "sign-in-stronger", "sign-in-again")
def remove_passkey(asked: Asked, path: PasskeyPath) -> Response:
    """Remove a passkey. The last way in stays."""
    try:
        credential_id = base64.urlsafe_b64decode(path.credential + "=" * (-len(path.credential) % 4))
    except (binascii.Error, ValueError):
        raise Problem("unknown-passkey") from None
    accounts.remove_passkey(asked.edge.database, asked.person, credential_id, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/account/providers/<key>", methods=["POST"])
@blueprint.arguments(ProviderPath, location="path")
@blueprint.response(200, Onward)
@blueprint.says_no("unknown-provider", "provider-failed", "sign-in-stronger", "sign-in-again")
def join_provider(asked: Asked, path: ProviderPath) -> Response:
    """Join who one is at a provider to the own account. It sends the browser back here, within ten minutes."""
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    begun = providers.begin_joining(
        asked.edge.database,
        asked.person,
        asked.edge.providers,
        path.key,
        own_address(asked).url + BACK,
        datetime.now(UTC),
    )
    response = reply(Onward(address=begun.options))
    set_attempt(response, begun.token)
    return response


@blueprint.route("/account/identities/<identity>", methods=["DELETE"])
@blueprint.arguments(IdentityPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-identity", "last-way-in", "sign-in-stronger", "sign-in-again")
def leave_provider(asked: Asked, path: IdentityPath) -> Response:
    """Who one is at a provider leads here no more; what its word gave ends. The last way in stays."""
    providers.leave_provider(asked.edge.database, asked.person, path.identity, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/account/sessions", methods=["DELETE"])
@blueprint.response(204)
def end_other_sessions(asked: Asked) -> Response:
    """Sign out everywhere else."""
    accounts.end_other_sessions(asked.edge.database, asked.person)
    return Response(status=204)


@blueprint.route("/account/sessions/<session_id>", methods=["DELETE"])
@blueprint.arguments(SessionPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-session")
def end_session(asked: Asked, path: SessionPath) -> Response:
    """Sign out one browser."""
    accounts.end_session(asked.edge.database, asked.person, path.session_id)
    return Response(status=204)


@blueprint.route("/account/player", methods=["PUT"])
@blueprint.response(204)
@blueprint.says_no("claimed-by-another")
def claim_player(asked: Asked) -> Response:
    """Make the player of this device the account's own, so that a new phone can play on as it."""
    accounts.claim(asked.edge.database, asked.person, asked.caller, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/account/players/<player_id>", methods=["DELETE"])
@blueprint.arguments(PlayerPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-player")
def let_go(asked: Asked, path: PlayerPath) -> Response:
    """Let a player go: it plays on, and belongs to nobody."""
    accounts.let_go(asked.edge.database, asked.person, path.player_id)
    return Response(status=204)


@blueprint.route("/account/players/<player_id>/devices/<device_id>", methods=["PUT"])
@blueprint.arguments(DevicePath, location="path")
@blueprint.arguments(DeviceBody)
@blueprint.response(204)
@blueprint.says_no("unknown-player", "device-taken", "devices-full")
def join_device(asked: Asked, path: DevicePath, body: DeviceBody) -> Response:
    """Let a new phone play on as a player of this account. A repetition changes nothing."""
    accounts.join_device(
        asked.edge.database,
        asked.person,
        path.player_id,
        Device(path.device_id, bytes.fromhex(body.token_sha256)),
        datetime.now(UTC),
    )
    return Response(status=204)


@blueprint.route("/account/players/<player_id>/devices/<device_id>", methods=["DELETE"])
@blueprint.arguments(DevicePath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-player", "unknown-device")
def revoke_device(asked: Asked, path: DevicePath) -> Response:
    """Shut out a phone that was lost: its token opens nothing any more."""
    accounts.revoke_device(asked.edge.database, asked.person, path.player_id, path.device_id)
    return Response(status=204)


@blueprint.route("/account/export")
@blueprint.response(200, bytes, description="Everything that is stored of the account.")
def export_account(asked: Asked) -> Response:
    """Take along everything that is stored of the account. What was played is exported by the phone."""
    asked.edge.limits.count_own_data(asked.person.id)
    response = reply_bytes(accounts.export(asked.edge.database, asked.person), "application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="rotfaste-account.json"'
    return response


@blueprint.route("/account/erasure", methods=["POST"])
@blueprint.response(200, LeavingState)
def ask_to_leave(asked: Asked) -> Response:
    """Ask that the account be erased. It can be regretted for 14 days. A body is not erased with its owner."""
    asked.edge.limits.count_own_data(asked.person.id)
    account = accounts.ask_to_leave(asked.edge.database, asked.person, datetime.now(UTC))
    return reply(LeavingState(leaves_at=account.leaves_at))


@blueprint.route("/account/erasure", methods=["DELETE"])
@blueprint.response(200, LeavingState)
def stay(asked: Asked) -> Response:
    """Stay after all."""
    accounts.stay(asked.edge.database, asked.person)
    return reply(LeavingState(leaves_at=None))


def _shown(asked: Asked, found: Overview) -> AccountAnswer:
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
