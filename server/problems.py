"""How every no leaves: RFC 9457, `application/problem+json`. HTTP statuses are known here and nowhere else.

`type` and `title` are stable and English, for programs; `detail` is a sentence of `seed_data/languages`
(`problem.<code>`) in the player's language; `instance` is the request's id, which the log has too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from flask import Response
from psycopg import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from media.blobs import StorageFull, StoreError
from server.use_cases.problem import Problem

MEDIA_TYPE = "application/problem+json"
TRY_AGAIN_S = 5
ROOM_AGAIN_S = 600  # somebody has to make it
CHALLENGE = 'Bearer realm="rotfaste"'

#: The sentence for a code and its facts in the best of these languages, and the language it is in.
Sentence = Callable[[str, Mapping[str, Any], Iterable[str]], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str


#: Every code that can leave. A code is never renamed or reused.
PROBLEMS: Mapping[str, Kind] = {
    # The request itself.
    "not-json": Kind(400, "The body is not JSON that can be read"),
    "invalid-body": Kind(400, "The body is not of the form described"),
    "invalid-query": Kind(400, "The query is not of the form described"),
    "invalid-header": Kind(400, "A header is not of the form described"),
    "invalid-path": Kind(400, "The address is not of the form described"),
    "bad-request": Kind(400, "The request cannot be read"),
    "not-found": Kind(404, "There is nothing here"),
    "no-such-layer": Kind(404, "There is no such layer of tiles"),
    "no-such-tile": Kind(404, "There is no such tile"),
    "no-such-map": Kind(404, "There is no such base map now"),
    "method-not-allowed": Kind(405, "This cannot be done here"),
    "too-large": Kind(413, "The body is too large"),
    "bad-range": Kind(416, "The file has no such bytes"),
    "unsupported-media-type": Kind(415, "The body must be application/json"),
    "not-a-piece": Kind(415, "The body must be application/offset+octet-stream"),
    "not-a-zip": Kind(415, "The body must be application/zip"),
    "tus-version": Kind(412, "The request must be of tus 1.0.0"),
    "beyond-the-file": Kind(416, "The range begins behind the end"),
    "checksum-differs": Kind(460, "What arrived is not what its checksum says"),
    "address-expired": Kind(410, "The address was valid for ten minutes"),
    "unsupported-encoding": Kind(415, "The body must come uncompressed"),
    "swapped": Kind(422, "Longitude and latitude seem to be swapped"),
    "half-position": Kind(422, "Longitude and latitude come together"),
    "empty-box": Kind(422, "The box is not west, south, east, north"),
    "too-many-requests": Kind(429, "Too many requests"),
    "internal": Kind(500, "Something is broken on our side"),
    "not-ready": Kind(503, "The database is not in the form that this version needs"),
    "storage-gone": Kind(503, "The store of media cannot be reached for the moment"),
    "storage-full": Kind(507, "There is no room for media at the moment"),
    "database-gone": Kind(503, "The database cannot be reached for the moment"),
    "being-erased": Kind(403, "The player asked to be erased"),
    "signed-out": Kind(401, "Nobody is signed in"),
    "cross-site": Kind(403, "The request came from another site"),
    "unknown-guide": Kind(404, "The municipality has no guide to show"),
    "bad-hours": Kind(422, "The hours end before they begin"),
    "unknown-story": Kind(404, "There is no such story"),
    "stories-full": Kind(429, "The person has as many stories as a person may"),
    "stories-waiting": Kind(429, "As many stories wait as may wait of one person"),
    "story-empty": Kind(422, "The story has no title or no words"),
    "consent-missing": Kind(422, "It must be agreed that everybody reads it"),
    "picture-without-words": Kind(422, "The picture needs words that say what is in it"),
    "unknown-municipality": Kind(422, "It is told of no such municipality"),
    "told-where": Kind(422, "A municipality or a trail is named, one of them"),
    "pictures-busy": Kind(503, "Other pictures are made ready at the moment"),
    "picture-refused": Kind(422, "The picture cannot be used"),
    "unknown-provider": Kind(404, "There is no such provider"),
    "provider-failed": Kind(424, "The provider did not vouch for anybody"),
    "mail-off": Kind(404, "No mail is sent here"),
    "version-missing": Kind(428, "The version that is changed must be named"),
    # What the use cases say.
    "unknown-token": Kind(401, "A device token is needed"),
    "unknown-quest": Kind(404, "There is no such quest"),
    "unknown-closure": Kind(404, "There is no such closure"),
    "unknown-journey": Kind(404, "There is no such journey"),
    "unknown-badge": Kind(404, "There is no such badge"),
    "unknown-deck": Kind(404, "There is no such deck"),
    "unknown-quest-version": Kind(404, "There is no such version of the quest"),
    "nothing-today": Kind(404, "Nothing more can be offered here now"),
    "player-taken": Kind(409, "The player cannot be changed with this token"),
    "device-taken": Kind(409, "The device or the token belongs to another registration"),
    "closure-over": Kind(409, "The closure ends earlier than that"),
    "area-unreadable": Kind(422, "The area cannot be read as a polygon in WGS 84"),
    "area-open": Kind(422, "A ring of the area is not closed"),
    "area-crossing": Kind(422, "A ring of the area crosses itself or another one"),
    "area-swapped": Kind(422, "Longitude and latitude of the area seem to be swapped"),
    "area-outside-region": Kind(422, "The area reaches far outside of the region"),
    "area-corners": Kind(422, "The area has too many corners or rings"),
    "area-large": Kind(409, "The area is so large that it must be confirmed"),
    "area-elsewhere": Kind(422, "The area lies outside of the municipality"),
    "closure-kind": Kind(422, "Such a body does not close ground for that reason"),
    "closure-date": Kind(422, "The day cannot be read"),
    "closure-dates": Kind(422, "The closure ends before it begins, or before now"),
    "closure-long": Kind(422, "The closure lasts too long"),
    "closure-differs": Kind(409, "The ground belongs to another body"),
    "no-authority": Kind(403, "The body has no authority to close ground"),
    "not-verified": Kind(403, "The body has not been verified yet"),
    "unknown-season": Kind(422, "There is no such season"),
    "unknown-season-ground": Kind(404, "There is no such ground"),
    "journey-differs": Kind(409, "The journey exists with other content"),
    "player-erased": Kind(410, "The player was erased"),
    "quest-withdrawn": Kind(410, "The quest was withdrawn"),
    "unknown-medium": Kind(404, "There is no such medium"),
    "unsupported-medium": Kind(415, "Media of this type are not taken in"),
    "medium-too-large": Kind(413, "The medium is larger than its type may be"),
    "medium-differs": Kind(409, "The medium exists with other content"),
    "media-full": Kind(429, "The player has as many media as a player may have"),
    "media-tired": Kind(429, "The player has begun as many media as may be begun in a day"),
    "wrong-offset": Kind(409, "The upload stands at another offset"),
    "beyond-the-end": Kind(413, "There are more bytes than were announced"),
    "too-many-pieces": Kind(413, "The upload came in too many pieces"),
    "erasure-unconfirmed": Kind(422, "The erasing was not confirmed by the player's own id"),
    "bad-cursor": Kind(422, "The cursor is none of this search"),
    "bad-moment": Kind(422, "The moment cannot be told in UTC"),
    "sign-in-stronger": Kind(403, "A sign-in by passkey or provider is needed"),
    "sign-in-again": Kind(403, "A sign-in of just now is needed"),
    "identity-taken": Kind(409, "Who the provider vouches for has another account"),
    "unknown-identity": Kind(404, "The account is not joined to that"),
    "not-yours": Kind(403, "This is for others to do"),
    "not-now": Kind(409, "This cannot be done in the present state"),
    "bad-address": Kind(422, "The e-mail address cannot be one"),
    "address-taken": Kind(409, "The address belongs to another account"),
    "codes-sent": Kind(429, "Enough codes were sent to this address today"),
    "wrong-code": Kind(422, "The code is another"),
    "attempt-over": Kind(410, "This sign-in is over: begin anew"),
    "wrong-passkey": Kind(422, "The passkey could not be checked"),
    "passkeys-full": Kind(429, "The account has as many passkeys as an account may"),
    "unknown-passkey": Kind(404, "There is no such passkey"),
    "last-way-in": Kind(409, "The last way to sign in stays"),
    "unknown-session": Kind(404, "There is no such session"),
    "claimed-by-another": Kind(409, "The player belongs to another account"),
    "unknown-player": Kind(404, "There is no such player"),
    "unknown-device": Kind(404, "There is no such device"),
    "devices-full": Kind(429, "The player has as many devices as a player may"),
    "unknown-body": Kind(404, "There is no such body"),
    "body-differs": Kind(409, "The body exists with other content"),
    "applications-full": Kind(429, "As many applications wait as may wait of one person"),
    "changed-meanwhile": Kind(412, "It was changed meanwhile"),
    "reason-missing": Kind(422, "A reason is needed"),
    "unknown-member": Kind(404, "There is no such member"),
    "last-owner": Kind(409, "The last owner stays until there is another"),
    "invitations-full": Kind(429, "As many invitations are open as may be"),
    "unknown-invitation": Kind(404, "There is no such invitation"),
    "members-full": Kind(429, "The body has as many members as a body may"),
    "unknown-case": Kind(404, "There is no such case"),
    "for-somebody-else": Kind(403, "Somebody else must decide this"),
    "unknown-decision": Kind(422, "There is no such decision to make"),
    "not-your-language": Kind(403, "This must be read by somebody who reads the language"),
    "appeal-over": Kind(410, "An appeal was possible for six months"),
    "unknown-thing": Kind(404, "There is no such public thing"),
    "unknown-reason": Kind(422, "There is no such reason"),
    "good-faith-missing": Kind(422, "It must be said to be true"),
    "name-missing": Kind(422, "Name and e-mail are needed"),
    "unknown-notice": Kind(404, "There is no such notice"),
    "nothing-kept": Kind(404, "Nothing of it is kept any more"),
    "medium-blocked": Kind(422, "A picture or sound of it was removed for good"),
    "bad-day": Kind(422, "The day is past, or too far ahead"),
    "unknown-trail": Kind(404, "There is no such trail"),
    "unknown-trail-version": Kind(404, "There is no such version of the trail"),
    "unknown-proposal": Kind(404, "There is no such proposal"),
    "proposal-taken": Kind(409, "The id is taken"),
    "proposals-full": Kind(429, "As many proposals wait as may wait of one person"),
    "trail-taken": Kind(409, "The id is taken"),
    "trail-differs": Kind(422, "The pack is of another trail"),
    "trails-full": Kind(429, "The body has as many trails as a body may"),
    "body-not-active": Kind(409, "The body cannot publish"),
    "belongs-to-body": Kind(409, "The quest belongs to a body"),
    "grown-up-needed": Kind(403, "A grown-up of the organisation must do this"),
    "first-look-needed": Kind(409, "Others must look at it first"),
    "held": Kind(409, "Others decided this"),
    "review-needed": Kind(409, "The community that it tells of has not said yes"),
    "unknown-review": Kind(404, "There is no such yes"),
    "unknown-stage": Kind(404, "There is no such stage"),
    "unknown-steward": Kind(404, "There is no such steward"),
    "stewards-full": Kind(429, "The stage has as many stewards as a stage may"),
    "owner-missing": Kind(422, "The owner is not among the players"),
    "pack-refused": Kind(422, "The pack has mistakes"),
    "journey-full": Kind(429, "The journey holds as many moves as a journey may"),
    "device-tired": Kind(429, "The device has sent as many moves as it may in a day"),
}

#: What werkzeug says no with on its own, as codes.
_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}


class FieldProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong, and where."""

    pointer: Annotated[
        str,
        msgspec.Meta(
            description="JSON pointer into the body, or `/name` of a parameter; empty for the whole."
        ),
    ]
    code: Annotated[str, msgspec.Meta(description="Stable: unknown, missing, repeated, wrong, swapped ….")]
    message: Annotated[str, msgspec.Meta(description="For developers, in English.")]


class ProblemBody(
    msgspec.Struct, frozen=True, kw_only=True, rename={"problem_type": "type"}, omit_defaults=True
):
    """Problem details, RFC 9457."""

    problem_type: Annotated[str, msgspec.Meta(description="Stable: `/problems/` and the code.")]
    title: Annotated[str, msgspec.Meta(description="Stable, in English.")]
    status: Annotated[int, msgspec.Meta(ge=400, le=599, description="The HTTP status, again.")]
    detail: Annotated[str, msgspec.Meta(description="A sentence for people, in the language asked for.")]
    instance: Annotated[
        str, msgspec.Meta(description="Id of this request, `urn:uuid:…`; the log has it too.")
    ]
    errors: Annotated[
        tuple[FieldProblem, ...], msgspec.Meta(description="Every field that is wrong, where fields are.")
    ] = ()


class Refusal(Exception):
    """What the edge itself says no with."""

    def __init__(
        self,
        code: str,
        *errors: FieldProblem,
        headers: Mapping[str, str] | None = None,
        **facts: str | float,
    ) -> None:
        if code not in PROBLEMS:
            raise ValueError(code)
        super().__init__(code)
        self.code = code
        self.errors = errors
        self.headers = headers or {}
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Said:
    """A problem, ready to be put into words."""

    code: str
    headers: Mapping[str, str]
    errors: tuple[FieldProblem, ...]
    facts: Mapping[str, Any]


def what_to_say(error: Exception) -> Said:
    """The problem that any exception becomes. What nobody foresaw is `internal`, without a word of its cause."""
    match error:
        case Refusal():
            headers = dict(error.headers)
            if error.code == "unknown-token":
                headers["WWW-Authenticate"] = CHALLENGE
            return Said(error.code, headers, error.errors, error.facts)
        case Problem():
            return _of_use_case(error)
        case StorageFull():
            return Said("storage-full", {"Retry-After": str(ROOM_AGAIN_S)}, (), {"seconds": ROOM_AGAIN_S})
        case StoreError():
            return Said("storage-gone", {"Retry-After": str(TRY_AGAIN_S)}, (), {"seconds": TRY_AGAIN_S})
        case OperationalError() | InterfaceError():
            return Said("database-gone", {"Retry-After": str(TRY_AGAIN_S)}, (), {"seconds": TRY_AGAIN_S})
        case HTTPException(code=int(status)) if status < 500:
            kept = {"Allow", "Retry-After", "WWW-Authenticate", "Accept"}
            headers = {name: value for name, value in error.get_headers() if name in kept}
            return Said(_OF_STATUS.get(status, "bad-request"), headers, (), {})
    return Said("internal", {}, (), {})


def _of_use_case(problem: Problem) -> Said:
    headers = {}
    facts: dict[str, Any] = dict(problem.facts)
    if problem.code == "unknown-token":
        headers["WWW-Authenticate"] = CHALLENGE
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
        facts["seconds"] = problem.retry_after_s
    title = PROBLEMS[problem.code].title
    errors = () if problem.pointer is None else (FieldProblem(problem.pointer, problem.code, title),)
    return Said(problem.code, headers, errors, facts)


def answer(said: Said, sentence: Sentence, languages: Iterable[str], request_id: str) -> Response:
    kind = PROBLEMS[said.code]
    detail, language = sentence(f"problem.{said.code}", said.facts, languages)
    body = ProblemBody(
        problem_type=f"/problems/{said.code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=f"urn:uuid:{request_id}",
        errors=said.errors,
    )
    response = Response(msgspec.json.encode(body), kind.status, mimetype=MEDIA_TYPE)
    response.headers.update(
        {**said.headers, "Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    )
    return response
