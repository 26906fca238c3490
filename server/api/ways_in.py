"""How one signs in to the own account: its address, passkeys, providers, and where one is signed in."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response, request

from quests.moves import Uuid
from server.api.account import AccountAnswer, shown
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
from server.use_cases import accounts, providers, sign_in
from server.use_cases.problem import Problem

blueprint = Blueprint(
    "ways in", same_origin=True, description="How one signs in to the own account, and where one is."
)


class IdentityPath(msgspec.Struct, frozen=True):
    identity: Annotated[
        str, msgspec.Meta(pattern=rf"^[0-9a-f]{{32}}{END}", description="As the account gives it.")
    ]


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


class PasskeyPath(msgspec.Struct, frozen=True):
    credential: Annotated[
        str,
        msgspec.Meta(pattern=rf"^[A-Za-z0-9_-]{{1,1400}}{END}", description="The passkey's id, base64url."),
    ]


class SessionPath(msgspec.Struct, frozen=True):
    session_id: Annotated[Uuid, msgspec.Meta(description="As the account lists it.")]


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
    return reply(shown(asked))


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
    return reply(shown(asked), 201)


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
