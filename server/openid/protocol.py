"""The parts of OpenID Connect that Authlib and joserfc know: where a browser is sent, the code's exchange, the ID token.

Imported by whoever needs it, late: most installations have no provider, and the libraries take a while.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from server.openid.asking import ProviderFailed
from server.openid.providers import Provider

SCOPE = "openid profile"
#: With a key of the provider's alone: no `none`, and nothing that is signed with what we know too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
CLOCKS_DIFFER_S = 60
SUBJECT_MOST = 255


def grant_address(endpoint: str, provider: Provider, expected: Mapping[str, str], state: str) -> str:
    """Where the browser goes to sign in."""
    more = {"acr_values": provider.acr} if provider.acr else {}
    address: str = prepare_grant_uri(
        endpoint,
        provider.client_id,
        "code",
        redirect_uri=expected["back"],
        scope=SCOPE,
        state=state,
        nonce=expected["nonce"],
        code_challenge=create_s256_code_challenge(expected["verifier"]),
        code_challenge_method="S256",
        **more,
    )
    return address


def token_request(
    endpoint: str, provider: Provider, expected: Mapping[str, str], code: str, *, secret_in_form: bool
) -> tuple[str, dict[str, str], str]:
    """(address, headers, form) of the exchange of a code for tokens."""
    form = prepare_token_request(
        "authorization_code", redirect_uri=expected["back"], code=code, code_verifier=expected["verifier"]
    )
    way = "client_secret_post" if secret_in_form else "client_secret_basic"
    who = ClientAuth(provider.client_id, provider.client_secret, way)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    address, headers, form = who.prepare("POST", endpoint, headers, form)
    return address, headers, form


def key_name(token: str) -> object:
    """Which key a token says that it is signed with; None where it does not say. Raises ProviderFailed."""
    try:
        return jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFailed(f"its token: {type(error).__name__}") from None


def claims_of(
    token: str, key: Mapping[str, Any], provider: Provider, nonce: str, now: datetime
) -> dict[str, Any]:
    """What an ID token says, once everything about it is as it must be. Raises ProviderFailed."""
    try:
        read = jwt.decode(token, jwk.import_key(dict(key)), algorithms=list(ALGORITHMS))
        CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
            },
            params={"nonce": nonce, "client_id": provider.client_id},
        ).validate(now=int(now.timestamp()), leeway=CLOCKS_DIFFER_S)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed(f"its token: {type(error).__name__} {error}"[:200]) from None
    claims: dict[str, Any] = read.claims
    subject, said = claims["sub"], claims["nonce"]
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MOST or not subject.isprintable():
        raise ProviderFailed("its token names nobody")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise ProviderFailed("its token answers somebody else's question")
    if provider.acr and claims.get("acr") != provider.acr:
        raise ProviderFailed("it does not say that the person was asked for enough")
    return claims
