"""Bodies: associations, samebyar, municipalities and the region, and who acts for them."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
import segno
from flask import Response, request

from quests.model import Language
from quests.moves import Uuid
from server.api.account import Role
from server.api.framework import END, LINE, Asked, Blueprint, NoParameters, own_address, reply
from server.problems import Refusal
from server.stores.bodies import Body
from server.use_cases import bodies
from server.use_cases.bodies import Beside

blueprint = Blueprint("bodies", description="Those who own what they publish, and who acts for them.")

Kind = Literal["association", "sameby", "municipality", "region"]
Name = Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{1,120}}{END}")]
Phone = Annotated[str, msgspec.Meta(pattern=rf"^[0-9+() /-]{{0,40}}{END}")]
About = Annotated[dict[Language, Annotated[str, msgspec.Meta(max_length=2000)]], msgspec.Meta(max_length=20)]
Reason = Annotated[str, msgspec.Meta(max_length=2000)]
Municipality = Annotated[str, msgspec.Meta(pattern=rf"^([0-9]{{4}})?{END}")]
ETAG = "The version that was read, in quotes, as `ETag` gave it."


class BodyPath(msgspec.Struct, frozen=True):
    body_id: Annotated[Uuid, msgspec.Meta(description="Made by who applies (UUID v4, lower case).")]


class MemberPath(BodyPath, frozen=True):
    account_id: Annotated[Uuid, msgspec.Meta(description="As the list of members gives it.")]


class InvitationPath(BodyPath, frozen=True):
    invitation_id: Annotated[Uuid, msgspec.Meta(description="As the list of invitations gives it.")]


class WhereParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    municipality: Annotated[
        Municipality | None, msgspec.Meta(description="SCB's code; without it everywhere.")
    ] = None


class VersionHeaders(msgspec.Struct, frozen=True, kw_only=True):
    if_match: Annotated[str, msgspec.Meta(max_length=40, description=ETAG)] = msgspec.field(
        default="", name="If-Match"
    )


class BodyApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that applies."""

    kind: Annotated[Kind, msgspec.Meta(description="What it is.")]
    name: Annotated[Name, msgspec.Meta(description="What it is called.")]
    municipality: Annotated[
        Municipality, msgspec.Meta(description="SCB's code of where it is at home; empty for the region.")
    ]
    phone: Annotated[Phone, msgspec.Meta(description="A number that people may ring; may be empty.")] = ""
    about: Annotated[About, msgspec.Meta(description="A few sentences, by language.")] = {}


class BodyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should be changed; what is not named stays."""

    name: Annotated[Name | None, msgspec.Meta(description="What it is called.")] = None
    phone: Annotated[Phone | None, msgspec.Meta(description="A number that people may ring.")] = None
    about: Annotated[About | None, msgspec.Meta(description="A few sentences, by language.")] = None


class BodyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A body, as it stands."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    kind: Annotated[str, msgspec.Meta(description="association, sameby, municipality or region.")]
    name: Annotated[str, msgspec.Meta(description="What it is called.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of where it is at home.")]
    phone: Annotated[str, msgspec.Meta(description="A number that people may ring.")]
    about: Annotated[dict[str, str], msgspec.Meta(description="A few sentences, by language.")]
    state: Annotated[str, msgspec.Meta(description="asked, active, refused or closed.")]
    verified: Annotated[bool, msgspec.Meta(description="The operator made sure that it is who it says.")]
    read_on: Annotated[
        date | None,
        msgspec.Meta(description="While it asks: the day it is looked at, where nobody is on duty before."),
    ] = None
    case: Annotated[
        str | None, msgspec.Meta(description="While it asks: the case in the inbox in which it is decided.")
    ] = None
    hidden: Annotated[
        bool, msgspec.Meta(description="Nobody else sees it: somebody must look first, or decided so.")
    ] = False


class BodiesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Active bodies, by name."""

    bodies: Annotated[tuple[BodyAnswer, ...], msgspec.Meta(description="At most a thousand.")]


class ClosingBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body is closed."""

    reason: Annotated[Reason, msgspec.Meta(description="In words.")] = ""


class MemberShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who acts for the body."""

    account: Annotated[str, msgspec.Meta(description="The person's account.")]
    name: Annotated[str, msgspec.Meta(description="What the person wants to be called; may be empty.")]
    role: Annotated[str, msgspec.Meta(description="viewer, author, editor or owner.")]
    since: Annotated[datetime, msgspec.Meta(description="When the person came in.")]


class MembersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts for the body."""

    members: Annotated[tuple[MemberShown, ...], msgspec.Meta(description="Oldest first.")]


class RoleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody may do in the body's name."""

    role: Annotated[Role, msgspec.Meta(description="viewer, author, editor or owner.")]


class InvitationShown(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that can still be taken."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    role: Annotated[str, msgspec.Meta(description="As what somebody comes in.")]
    made_at: Annotated[datetime, msgspec.Meta(description="When it was made.")]
    ends_at: Annotated[datetime, msgspec.Meta(description="Until when it may be taken.")]


class InvitationMade(InvitationShown, frozen=True, kw_only=True):
    """An invitation, with its code, which is told this once."""

    code: Annotated[str, msgspec.Meta(description="To print or to send; it is used once.")]
    address: Annotated[
        str,
        msgspec.Meta(
            description="Where it is used: the code stands behind a #, which browsers send to nobody."
        ),
    ]
    square: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="The address as a QR code: a text for each row, 1 where it is dark."),
    ]


class InvitationsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Invitations that can still be taken."""

    invitations: Annotated[tuple[InvitationShown, ...], msgspec.Meta(description="Oldest first.")]


class AcceptBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of an invitation."""

    code: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{1,40}}{END}", description="Capitals, spaces and dashes do not matter."
        ),
    ]


class DeedShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done in or about the body."""

    at: Annotated[datetime, msgspec.Meta(description="When.")]
    name: Annotated[str, msgspec.Meta(description="Who did it; empty: the operator, or somebody erased.")]
    what: Annotated[str, msgspec.Meta(description="What was done, a stable word.")]
    subject: Annotated[str, msgspec.Meta(description="To what.")]
    reason: Annotated[str, msgspec.Meta(description="Why, in words; may be empty.")]


class DeedsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, newest first."""

    deeds: Annotated[tuple[DeedShown, ...], msgspec.Meta(description="At most 200.")]


NOTHING_BESIDE = Beside()
_SEEN = ("unknown-body",)
_ACTS = ("unknown-body", "not-yours", "not-now", "sign-in-stronger")


@blueprint.route("/bodies")
@blueprint.arguments(WhereParameters, location="query")
@blueprint.response(200, BodiesAnswer)
@blueprint.says_no("database-gone")
def list_bodies(asked: Asked, query: WhereParameters) -> Response:
    """List the bodies of a municipality, or all."""
    found = bodies.list_active(asked.edge.database, query.municipality)
    return reply(BodiesAnswer(bodies=tuple(_shown(body) for body in found)))


@blueprint.route("/bodies/<body_id>")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, BodyAnswer, headers={"ETag": "The version, to change it by."})
@blueprint.says_no(*_SEEN)
def see_body(asked: Asked, path: BodyPath) -> Response:
    """See who a body is."""
    body = bodies.read(asked.edge.database, asked.signed_in, path.body_id, datetime.now(UTC))
    return _reply(body, bodies.beside(asked.edge.database, body))


@blueprint.route("/bodies/<body_id>", methods=["PUT"])
@blueprint.arguments(BodyPath, location="path")
@blueprint.arguments(BodyApplication)
@blueprint.response(200, BodyAnswer, headers={"ETag": "The version, to change it by."})
@blueprint.says_no("body-differs", "applications-full")
def apply_as_body(asked: Asked, path: BodyPath, body: BodyApplication) -> Response:
    """Apply as a body. Its municipality's guide, or the operator, decides. A repetition changes nothing."""
    applied = bodies.apply(
        asked.edge.database,
        asked.person,
        path.body_id,
        kind=body.kind,
        name=body.name.strip(),
        municipality=body.municipality,
        phone=body.phone,
        about=body.about,
        now=datetime.now(UTC),
    )
    return _reply(applied, bodies.beside(asked.edge.database, applied))


@blueprint.route("/bodies/<body_id>", methods=["PATCH"])
@blueprint.arguments(BodyPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(BodyChange)
@blueprint.response(200, BodyAnswer, headers={"ETag": "The version, to change it by."})
@blueprint.says_no(*_ACTS, "changed-meanwhile", "version-missing")
def change_body(asked: Asked, path: BodyPath, headers: VersionHeaders, body: BodyChange) -> Response:
    """Change what a body is called, its phone number, or what it says of itself."""
    changed = bodies.change(
        asked.edge.database,
        asked.person,
        path.body_id,
        version_of(headers.if_match),
        name=body.name,
        phone=body.phone,
        about=body.about,
        now=datetime.now(UTC),
    )
    return _reply(changed, bodies.beside(asked.edge.database, changed))


@blueprint.route("/bodies/<body_id>/verification", methods=["POST"])
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, BodyAnswer)
@blueprint.says_no(*_ACTS)
def verify_body(asked: Asked, path: BodyPath) -> Response:
    """Write down that the operator made sure: a sameby's word closes ground from then on."""
    return _reply(bodies.verify(asked.edge.database, asked.person, path.body_id, datetime.now(UTC)))


@blueprint.route("/bodies/<body_id>/closing", methods=["POST"])
@blueprint.arguments(BodyPath, location="path")
@blueprint.arguments(ClosingBody)
@blueprint.response(200, BodyAnswer)
@blueprint.says_no(*_ACTS)
def close_body(asked: Asked, path: BodyPath, body: ClosingBody) -> Response:
    """Close a body. What it has published stays as it is."""
    return _reply(
        bodies.close(asked.edge.database, asked.person, path.body_id, body.reason, datetime.now(UTC))
    )


@blueprint.route("/bodies/<body_id>/members")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, MembersAnswer)
@blueprint.says_no(*_ACTS)
def list_members(asked: Asked, path: BodyPath) -> Response:
    """See who acts for a body."""
    return _members(bodies.list_members(asked.edge.database, asked.person, path.body_id, datetime.now(UTC)))


@blueprint.route("/bodies/<body_id>/members/<account_id>", methods=["PUT"])
@blueprint.arguments(MemberPath, location="path")
@blueprint.arguments(RoleBody)
@blueprint.response(200, MembersAnswer)
@blueprint.says_no(*_ACTS, "unknown-member", "last-owner")
def set_role(asked: Asked, path: MemberPath, body: RoleBody) -> Response:
    """Change what a member may do: so a body is handed over. The last owner stays until there is another."""
    return _members(
        bodies.set_role(
            asked.edge.database, asked.person, path.body_id, path.account_id, body.role, datetime.now(UTC)
        )
    )


@blueprint.route("/bodies/<body_id>/members/<account_id>", methods=["DELETE"])
@blueprint.arguments(MemberPath, location="path")
@blueprint.response(204)
@blueprint.says_no(*_ACTS, "unknown-member", "last-owner")
def remove_member(asked: Asked, path: MemberPath) -> Response:
    """Leave a body, or ask somebody to. What that person invited to ends with it."""
    bodies.remove_member(asked.edge.database, asked.person, path.body_id, path.account_id, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/bodies/<body_id>/invitations")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, InvitationsAnswer)
@blueprint.says_no(*_ACTS)
def list_invitations(asked: Asked, path: BodyPath) -> Response:
    """See which invitations can still be taken."""
    found = bodies.list_invitations(asked.edge.database, asked.person, path.body_id, datetime.now(UTC))
    shown = tuple(
        InvitationShown(id=one.id, role=one.role, made_at=one.made_at, ends_at=one.ends_at) for one in found
    )
    return reply(InvitationsAnswer(invitations=shown))


@blueprint.route("/bodies/<body_id>/invitations", methods=["POST"])
@blueprint.arguments(BodyPath, location="path")
@blueprint.arguments(RoleBody)
@blueprint.response(201, InvitationMade)
@blueprint.says_no(*_ACTS, "invitations-full", "bad-request")
def invite(asked: Asked, path: BodyPath, body: RoleBody) -> Response:
    """Invite one person, by a code that is printed or sent. It holds for thirty days and while one may invite."""
    own = own_address(asked)
    made = bodies.invite(asked.edge.database, asked.person, path.body_id, body.role, datetime.now(UTC))
    one = made.invitation
    address = f"{own.url}/studio/invitation#{made.code}"
    answer = InvitationMade(
        id=one.id,
        role=one.role,
        made_at=one.made_at,
        ends_at=one.ends_at,
        code=made.code,
        address=address,
        square=tuple(
            "".join("1" if dark else "0" for dark in row)
            for row in segno.make(address, error="m", micro=False).matrix
        ),
    )
    return reply(answer, 201)


@blueprint.route("/bodies/<body_id>/invitations/<invitation_id>", methods=["DELETE"])
@blueprint.arguments(InvitationPath, location="path")
@blueprint.response(204)
@blueprint.says_no(*_ACTS, "unknown-invitation")
def take_back_invitation(asked: Asked, path: InvitationPath) -> Response:
    """Take an invitation back."""
    bodies.take_back(asked.edge.database, asked.person, path.body_id, path.invitation_id, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/invitations", methods=["POST"])
@blueprint.arguments(AcceptBody)
@blueprint.response(200, BodyAnswer)
@blueprint.says_no("unknown-invitation", "members-full")
def accept_invitation(asked: Asked, body: AcceptBody) -> Response:
    """Come into a body with the code of an invitation."""
    asked.edge.limits.count_sign_in(request.remote_addr or "")
    return _reply(bodies.accept(asked.edge.database, asked.person, body.code, datetime.now(UTC)))


@blueprint.route("/bodies/<body_id>/deeds")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, DeedsAnswer)
@blueprint.says_no(*_ACTS)
def list_deeds(asked: Asked, path: BodyPath) -> Response:
    """See what was done in a body's name, and about it."""
    found = bodies.read_deeds(asked.edge.database, asked.person, path.body_id, datetime.now(UTC))
    shown = tuple(
        DeedShown(at=deed.at, name=deed.name, what=deed.what, subject=deed.subject, reason=deed.reason)
        for deed in found
    )
    return reply(DeedsAnswer(deeds=shown))


def version_of(if_match: str) -> int:
    """Raises Refusal where none is named, or none that could be one."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refusal("version-missing")
    return int(text)


def _reply(body: Body, beside: Beside = NOTHING_BESIDE) -> Response:
    response = reply(_shown(body, beside))
    response.set_etag(str(body.version))
    return response


def _shown(body: Body, beside: Beside = NOTHING_BESIDE) -> BodyAnswer:
    return BodyAnswer(
        id=body.id,
        kind=body.kind,
        name=body.name,
        municipality=body.municipality,
        phone=body.phone,
        about=dict(body.about),
        state=body.state,
        verified=body.verified_at is not None,
        read_on=None if beside.application is None else beside.application.read_on,
        case=None if beside.application is None else beside.application.id,
        hidden=beside.hidden,
    )


def _members(found: list[bodies.Member]) -> Response:
    shown = tuple(
        MemberShown(account=one.account, name=one.name, role=one.role, since=one.since) for one in found
    )
    return reply(MembersAnswer(members=shown))
