"""Signing in with a browser: a code by mail or a passkey, as one likes. There are no passwords."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from flask import Response, request

from server.api.edge import ATTEMPT_COOKIE, KNOWN_COOKIE, SESSION_COOKIE, only_from_here
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
from server.api.limits import network
from server.openid import Answered
from server.problems import Refusal
from server.use_cases import providers, sign_in
from server.use_cases.problem import Problem
from server.use_cases.providers import Back, NotJoined
from server.use_cases.sign_in import Came, Place, SignedIn

blueprint = Blueprint(
    "sign in",
    same_origin=True,
    description="For people who do more than play. Nobody needs an account to play.",
)

#: What a browser comes back to from a provider is not for others to build on, and stands beside the pages.
pages = Blueprint("back from a provider", prefix="", same_origin=True, description="Back from a provider.")

#: Where providers send browsers: registered there, so it never changes.
BACK = "/sign-in/back"
SIGN_IN_PAGE, SIGNED_IN_PAGE, ACCOUNT_PAGE = "/studio/sign-in", "/studio", "/studio/account"
ATTEMPT_S = 600
KNOWN_S = 400 * 86_400  # no browser keeps a cookie for longer
CREDENTIAL_MOST_BYTES = 20_000

# What a browser says of itself, in the order in which it is looked for: many say the names of others too.
_BROWSERS = (
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class ProviderShown(msgspec.Struct, frozen=True, kw_only=True):
    """An OpenID provider, such as a municipality's."""

    key: Annotated[str, msgspec.Meta(description="Names it here.")]
    name: Annotated[str, msgspec.Meta(description="What people know it as.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of whose it is; may be empty.")]


class ProviderPath(msgspec.Struct, frozen=True, kw_only=True):
    key: Annotated[
        str, msgspec.Meta(pattern=rf"^[a-z][a-z0-9-]{{0,39}}{END}", description="The provider's key.")
    ]


class Onward(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes on."""

    address: Annotated[str, msgspec.Meta(description="A page of the provider's, for this browser alone.")]


_Told = Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{0,4000}}{END}")]


class BackParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider sends back with the browser; what else it may add is not looked at."""

    state: Annotated[_Told, msgspec.Meta(description="What was sent along.")] = ""
    code: Annotated[_Told, msgspec.Meta(description="For which the provider says who it is.")] = ""
    iss: Annotated[_Told, msgspec.Meta(description="Which provider answers (RFC 9207).")] = ""
    error: Annotated[_Told, msgspec.Meta(description="Why it does not say who it is.")] = ""


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How one can sign in here."""

    code: Annotated[bool, msgspec.Meta(description="A code sent by mail; false where no mail can be sent.")]
    passkey: Annotated[bool, msgspec.Meta(description="A passkey of this site.")]
    providers: Annotated[
        tuple[ProviderShown, ...],
        msgspec.Meta(description="Others that know people, in the operator's order."),
    ]


class CodeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a code should be sent."""

    address: Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{3,254}}{END}", description="E-mail address.")]


class CodeCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that came."""

    code: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{1,20}}{END}", description="Six digits; spaces and dashes do not matter."
        ),
    ]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser's authenticator is asked."""

    options: Annotated[
        dict[str, Any], msgspec.Meta(description="As the Web Authentication API takes it, in JSON.")
    ]


Bytes = Annotated[str, msgspec.Meta(pattern=rf"^[A-Za-z0-9_-]{{1,8000}}{END}")]


class Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What an authenticator signed."""

    client_data: Annotated[
        Bytes, msgspec.Meta(description="What the browser says it was about, base64url.")
    ] = msgspec.field(name="clientDataJSON")
    authenticator_data: Annotated[Bytes, msgspec.Meta(description="What the authenticator says, base64url.")]
    signature: Annotated[Bytes, msgspec.Meta(description="Over both, base64url.")]
    user_handle: Annotated[
        Bytes | None, msgspec.Meta(description="The account, as the authenticator knows it, base64url.")
    ] = None


class Credential(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passkey that answers: these parts of what PublicKeyCredential.toJSON() gives."""

    id: Annotated[Bytes, msgspec.Meta(description="The passkey's id, base64url.")]
    response: Annotated[Signed, msgspec.Meta(description="What it signed.")]


class PasskeyCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the browser's authenticator answered."""

    credential: Annotated[Credential, msgspec.Meta(description="The passkey that answers.")]


class Attempted(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way, if anybody reads that address."""

    minutes: Annotated[int, msgspec.Meta(description="For how long it is valid. [min]")]


class SignedInAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in now."""

    account: Annotated[str, msgspec.Meta(description="The account's id.")]
    new: Annotated[bool, msgspec.Meta(description="The account was made just now.")]


@blueprint.route("/sign-in")
@blueprint.response(200, Ways)
def ways(asked: Asked) -> Response:
    """Know how one can sign in here."""
    shown = tuple(
        ProviderShown(key=one.key, name=one.name, municipality=one.municipality)
        for one in asked.edge.providers.all
    )
    return reply(Ways(code=can_mail(asked), passkey=True, providers=shown))


@blueprint.route("/sign-in/code", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(CodeBody)
@blueprint.response(202, Attempted, description="The same whether anybody is known by that address or not.")
@blueprint.says_no("bad-address", "codes-sent", "mail-off", "cross-site", "database-gone")
def send_code(asked: Asked, _query: LanguageParameters, body: CodeBody) -> Response:
    """Have a code sent. It is typed in the same browser, within ten minutes."""
    only_from_here(asked.edge.settings, request)
    only_with_mail(asked)
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    begun = sign_in.begin_code(
        asked.edge.database, body.address, asked.edge.signing, came(), words(asked), datetime.now(UTC)
    )
    response = reply(Attempted(minutes=sign_in.CODE_VALID.seconds // 60), 202)
    set_attempt(response, begun.token)
    return response


@blueprint.route("/sign-in/code/check", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(CodeCheck)
@blueprint.response(200, SignedInAnswer)
@blueprint.says_no("wrong-code", "attempt-over", "cross-site", "database-gone")
def check_code(asked: Asked, _query: LanguageParameters, body: CodeCheck) -> Response:
    """Sign in with the code that came."""
    only_from_here(asked.edge.settings, request)
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    signed_in = sign_in.finish_code(
        asked.edge.database,
        attempt_of(),
        body.code,
        asked.edge.signing,
        browser(),
        asked.languages[0] if asked.languages else None,
        datetime.now(UTC),
    )
    return come_in(asked, signed_in)


@blueprint.route("/sign-in/passkey", methods=["POST"])
@blueprint.response(200, Question)
@blueprint.says_no("cross-site", "database-gone")
def ask_passkey(asked: Asked) -> Response:
    """Have the browser ask for a passkey. No name is needed."""
    only_from_here(asked.edge.settings, request)
    begun = sign_in.begin_passkey(asked.edge.database, place(asked), datetime.now(UTC))
    response = reply_bytes(b'{"options":' + begun.options.encode() + b"}", "application/json")
    set_attempt(response, begun.token)
    return response


@blueprint.route("/sign-in/passkey/check", methods=["POST"])
@blueprint.arguments(PasskeyCheck, most_bytes=CREDENTIAL_MOST_BYTES)
@blueprint.response(200, SignedInAnswer)
@blueprint.says_no("wrong-passkey", "attempt-over", "cross-site", "database-gone")
def check_passkey(asked: Asked, body: PasskeyCheck) -> Response:
    """Sign in with a passkey."""
    only_from_here(asked.edge.settings, request)
    signed_in = sign_in.finish_passkey(
        asked.edge.database,
        attempt_of(),
        of_browser(body.credential),
        place(asked),
        browser(),
        datetime.now(UTC),
    )
    return come_in(asked, signed_in)


@blueprint.route("/sign-in/provider/<key>", methods=["POST"])
@blueprint.arguments(ProviderPath, location="path")
@blueprint.response(200, Onward)
@blueprint.says_no("unknown-provider", "provider-failed", "cross-site", "database-gone")
def ask_provider(asked: Asked, path: ProviderPath) -> Response:
    """Sign in at a provider. It sends the browser back here, within ten minutes."""
    only_from_here(asked.edge.settings, request)
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    back = own_address(asked).url + BACK
    begun = providers.begin_provider(
        asked.edge.database, asked.edge.providers, path.key, back, datetime.now(UTC)
    )
    response = reply(Onward(address=begun.options))
    set_attempt(response, begun.token)
    return response


@pages.route(BACK)
@pages.arguments(BackParameters, location="query")
@pages.response(302, description="On to a page of ours, always the same: signed in, or with what went wrong.")
def come_back(asked: Asked, query: BackParameters) -> Response:
    """Where a provider sends the browser. What it says is asked of the provider itself, and only then believed.

    Who asked to be joined to an account is, in a browser that is signed in to it; else whoever it is comes in.
    """
    try:
        asked.edge.limits.count_sign_in(request.remote_addr or "")
        token, now = request.cookies.get(SESSION_COOKIE), datetime.now(UTC)
        back = Back(
            attempt_of(),
            query.state,
            Answered(query.code, query.error, query.iss),
            sign_in.authenticate(asked.edge.database, token, now) if token else None,
            browser(),
            asked.languages[0] if asked.languages else None,
        )
        signed_in = providers.finish_provider(asked.edge.database, asked.edge.providers, back, now)
    except NotJoined as problem:
        asked.edge.log.info("joining-failed", code=problem.code, why=str(problem.__cause__ or ""))
        return _onward(f"{ACCOUNT_PAGE}#{problem.code}")
    except Problem as problem:
        asked.edge.log.info("sign-in-failed", code=problem.code, why=str(problem.__cause__ or ""))
        return _onward(f"{SIGN_IN_PAGE}#{problem.code}")
    if signed_in is None:
        response = _onward(ACCOUNT_PAGE)
        response.delete_cookie(ATTEMPT_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        return response
    response = _onward(SIGNED_IN_PAGE)
    end_before(asked)
    set_session(asked, response, signed_in)
    return response


def _onward(address: str) -> Response:
    response = Response(status=302)
    response.headers["Location"] = address
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/sign-in", methods=["DELETE"])
@blueprint.response(204)
def sign_out(asked: Asked) -> Response:
    """Sign out. The session is over, whoever may have its cookie."""
    sign_in.sign_out(asked.edge.database, asked.person)
    response = Response(status=204)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def come_in(asked: Asked, signed_in: SignedIn) -> Response:
    """The answer that signs a browser in; what it was signed in as before is over."""
    end_before(asked)
    response = reply(SignedInAnswer(account=signed_in.person.id, new=signed_in.new))
    set_session(asked, response, signed_in)
    return response


def end_before(asked: Asked) -> None:
    """What this browser was signed in as is over."""
    old = request.cookies.get(SESSION_COOKIE)
    before = sign_in.authenticate(asked.edge.database, old, datetime.now(UTC)) if old else None
    if before is not None:
        sign_in.sign_out(asked.edge.database, before)


def can_mail(asked: Asked) -> bool:
    """Where people are served, a mail server is needed; who tries it out reads mails in their folder."""
    settings = asked.edge.settings
    return settings.smtp_url is not None or settings.public_address is None


def only_with_mail(asked: Asked) -> None:
    """Raises Refusal."""
    if not can_mail(asked):
        raise Refusal("mail-off")


def set_session(asked: Asked, response: Response, signed_in: SignedIn) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        max_age=int(sign_in.SESSION_LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    response.delete_cookie(ATTEMPT_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    key, account = asked.edge.signing, signed_in.person.id
    before = request.cookies.get(KNOWN_COOKIE, "")
    known = before if sign_in.known_browser(key, account, before) else sign_in.new_known(key, account)
    response.set_cookie(
        KNOWN_COOKIE, known, max_age=KNOWN_S, path="/", secure=True, httponly=True, samesite="Lax"
    )


def set_attempt(response: Response, token: str) -> None:
    response.set_cookie(
        ATTEMPT_COOKIE, token, max_age=ATTEMPT_S, path="/", secure=True, httponly=True, samesite="Lax"
    )


def of_browser(credential: msgspec.Struct) -> dict[str, Any]:
    """As the Web Authentication API writes it, which says some things twice."""
    told: dict[str, Any] = msgspec.to_builtins(credential)
    told["response"] = {name: value for name, value in told["response"].items() if value is not None}
    return {**told, "rawId": told["id"], "type": "public-key"}


def attempt_of() -> str:
    return request.cookies.get(ATTEMPT_COOKIE, "")


def came() -> Came:
    return Came(network(request.remote_addr or ""), request.cookies.get(KNOWN_COOKIE, ""))


def place(asked: Asked) -> Place:
    origin = own_address(asked).url
    return Place(urlsplit(origin).hostname or "", origin)


def words(asked: Asked) -> sign_in.Words:
    def say(key: str, facts: dict[str, Any]) -> str:
        return asked.edge.sentence(key, facts, asked.languages)[0]

    return say


def browser() -> str:
    """Family of browser and system; no version, which would be a fingerprint."""
    told = request.headers.get("User-Agent", "")[:400]
    family = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return ", ".join(part for part in (family, system) if part)
