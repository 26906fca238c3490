"""Who may do what, as data: one row for every route, asserted cell by cell by calling each.

A row says what somebody meets at a thing that belongs to the *own device*: nobody known (`anonymous`), the
device of its owner, the device of another player. A route without a row does not start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """What a route asks of whoever comes."""

    OPEN = "open"  # nobody is asked; a token that comes along is not looked at
    ASKED = "asked"  # a token is checked when there is one
    DEVICE = "device"  # a device's token is needed
    PERSON = "person"  # somebody must be signed in, by a browser's cookie
    VISITOR = "visitor"  # who is signed in is known, and nobody has to be
    PERSON_AND_DEVICE = "person-and-device"  # signed in, and a device's token beside it
    OPERATOR = "operator"  # from this machine, or with the operator's token


class Cell(StrEnum):
    """What somebody meets."""

    ALLOWED = "allowed"
    SIGNED_OUT = "signed-out"
    TOKEN_NEEDED = "token-needed"  # noqa: S105  a word, not a password
    NOTHING_THERE = "nothing-there"  # foreign things are not told from things that are not
    TAKEN = "taken"
    BEING_ERASED = "being-erased"  # who asked to be erased may regret it or take everything along


@dataclass(frozen=True, slots=True)
class Row:
    door: Door
    anonymous: Cell
    own_device: Cell
    other_device: Cell
    why: str
    while_leaving: bool = False
    act: str | None = (
        None  # one of `rights.ACTS`, where what may be done hangs on what somebody is to a thing
    )

    @property
    def leaving_device(self) -> Cell:
        """What a player meets who asked to be erased: the token opens nothing but what is `while_leaving`."""
        asked = self.door in {Door.DEVICE, Door.ASKED}
        return Cell.BEING_ERASED if asked and not self.while_leaving else self.own_device


def _everybody(why: str) -> Row:
    return Row(Door.OPEN, Cell.ALLOWED, Cell.ALLOWED, Cell.ALLOWED, why)


def _devices(other_device: Cell, why: str, *, while_leaving: bool = False) -> Row:
    return Row(Door.DEVICE, Cell.TOKEN_NEEDED, Cell.ALLOWED, other_device, why, while_leaving)


def _people(why: str, act: str | None = None) -> Row:
    return Row(Door.PERSON, Cell.SIGNED_OUT, Cell.SIGNED_OUT, Cell.SIGNED_OUT, why, act=act)


#: HEAD is its GET; OPTIONS is everybody's.
POLICY: Mapping[str, Row] = {
    "GET /": _everybody("the app's first page"),
    "GET /<name>": _everybody("the app's screens and files: the same for all"),
    "GET /q/<code>": _everybody("the app again, with the quest's name in its head: from schema shown"),
    "GET /q/<code>/preview.png": _everybody("drawn from what schema shown has of it"),
    "GET /q/<code>/qr.svg": _everybody("the quest's own address, as squares"),
    "GET /play/<journey_id>": _everybody("the app again: the journey lies on its phone"),
    "GET /studio": _everybody("the app again: what somebody may do there, the API asks"),
    "GET /studio/<path:page>": _everybody("the app again: its pages show what the API gives"),
    "GET /o/<body_id>": _everybody("the app again: who a body is, the API says"),
    "GET /story/<story_id>": _everybody("the app again: what somebody told, the API says"),
    "GET /assets/<name>": _everybody("the app's scripts, styles and fonts"),
    "GET /healthz": _everybody("says that the process answers, and nothing else"),
    "GET /readyz": _everybody("says yes or no; what is missing is in the log"),
    "GET /metrics": Row(
        Door.OPERATOR,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        "the operator's: asked from another machine without the operator's token it is not there",
    ),
    "GET /api/v1/openapi.json": _everybody("the description of what is described here"),
    "GET /api/v1/docs": _everybody("the same for people"),
    "GET /api/v1/docs/<name>": _everybody("the page's style sheet"),
    "PUT /api/v1/players/<player_id>": Row(
        Door.ASKED,
        Cell.TAKEN,
        Cell.ALLOWED,
        Cell.TAKEN,
        "anybody may make a new player; one that is there is changed by its own devices alone",
    ),
    "GET /api/v1/me": _devices(
        Cell.ALLOWED, "everybody may know what is stored about them, and only about them", while_leaving=True
    ),
    "GET /api/v1/me/export": _devices(
        Cell.ALLOWED, "everybody takes their own along, also who is about to leave", while_leaving=True
    ),
    "GET /api/v1/me/erasure": _devices(
        Cell.ALLOWED, "everybody sees the day they asked for themselves", while_leaving=True
    ),
    "POST /api/v1/me/erasure": _devices(
        Cell.ALLOWED, "everybody asks for themselves, and says so twice", while_leaving=True
    ),
    "DELETE /api/v1/me/erasure": _devices(
        Cell.ALLOWED, "everybody may regret what they asked for themselves", while_leaving=True
    ),
    "GET /api/v1/sign-in": _everybody("which ways there are to sign in here"),
    "POST /api/v1/sign-in/code": _everybody("a code is sent, and nobody learns who is known here"),
    "POST /api/v1/sign-in/code/check": _everybody("who began and reads the mail comes in"),
    "POST /api/v1/sign-in/passkey": _everybody("a question for an authenticator, the same for all"),
    "POST /api/v1/sign-in/passkey/check": _everybody("whose passkey it is comes in"),
    "POST /api/v1/sign-in/provider/<key>": _everybody("where one goes on to the provider, the same for all"),
    "GET /sign-in/back": _everybody("whom a provider vouches for comes in, in the browser that began"),
    "DELETE /api/v1/sign-in": _people("everybody may go"),
    "GET /api/v1/account": _people("everybody sees their own account"),
    "PATCH /api/v1/account": _people("everybody names themselves"),
    "POST /api/v1/account/address": _people("a code goes to the new address, and only who reads it has it"),
    "POST /api/v1/account/address/check": _people("who reads the new address may have it"),
    "POST /api/v1/account/passkey": _people("a question for the own authenticator"),
    "POST /api/v1/account/passkey/check": _people("everybody adds to their own account"),
    "DELETE /api/v1/account/passkeys/<credential>": _people("everybody removes their own"),
    "POST /api/v1/account/providers/<key>": _people("where one goes on to be joined, for the own account"),
    "DELETE /api/v1/account/identities/<identity>": _people("everybody lets go of their own"),
    "DELETE /api/v1/account/sessions": _people("everybody signs themselves out elsewhere"),
    "DELETE /api/v1/account/sessions/<session_id>": _people("everybody ends their own"),
    "PUT /api/v1/account/player": Row(
        Door.PERSON_AND_DEVICE,
        Cell.SIGNED_OUT,
        Cell.SIGNED_OUT,
        Cell.SIGNED_OUT,
        "who is signed in, and shows a device of the player, has both",
    ),
    "DELETE /api/v1/account/players/<player_id>": _people("everybody lets go of their own"),
    "PUT /api/v1/account/players/<player_id>/devices/<device_id>": _people("a new phone of one's own player"),
    "DELETE /api/v1/account/players/<player_id>/devices/<device_id>": _people(
        "a lost phone of one's own player"
    ),
    "GET /api/v1/account/export": _people("everybody takes their own along"),
    "GET /api/v1/account/export/stories": _people("everybody takes their own along"),
    "POST /api/v1/account/erasure": _people("everybody may leave"),
    "DELETE /api/v1/account/erasure": _people("everybody may regret it"),
    "GET /api/v1/bodies": _everybody("which bodies there are is no secret"),
    "GET /api/v1/bodies/<body_id>": Row(
        Door.VISITOR,
        Cell.ALLOWED,
        Cell.ALLOWED,
        Cell.ALLOWED,
        "an active body has a start page; before that only those who decide see it",
        act="read-body",
    ),
    "PUT /api/v1/bodies/<body_id>": _people("everybody may apply for one; one that is there is its owners'"),
    "PATCH /api/v1/bodies/<body_id>": _people("its owners say who it is", "change-body"),
    "POST /api/v1/bodies/<body_id>/verification": _people("the operator makes sure", "verify-body"),
    "POST /api/v1/bodies/<body_id>/closing": _people("its owners close it", "close-body"),
    "GET /api/v1/bodies/<body_id>/members": _people("members know each other", "read-members"),
    "PUT /api/v1/bodies/<body_id>/members/<account_id>": _people(
        "owners decide who does what", "change-members"
    ),
    "DELETE /api/v1/bodies/<body_id>/members/<account_id>": _people(
        "owners decide who is in it, and everybody may leave", "change-members"
    ),
    "GET /api/v1/bodies/<body_id>/invitations": _people("who invites sees what is open", "invite"),
    "POST /api/v1/bodies/<body_id>/invitations": _people("owners decide who comes in", "invite"),
    "DELETE /api/v1/bodies/<body_id>/invitations/<invitation_id>": _people("owners take it back", "invite"),
    "GET /api/v1/bodies/<body_id>/deeds": _people("owners see what was done in their name", "read-deeds"),
    "GET /api/v1/bodies/<body_id>/trails": Row(
        Door.VISITOR,
        Cell.ALLOWED,
        Cell.ALLOWED,
        Cell.ALLOWED,
        "what is published is no secret; its members see the rest too",
        act="read-body",
    ),
    "GET /api/v1/trails/<trail_id>": _people("members see how far it has come", "read-trail"),
    "PUT /api/v1/trails/<trail_id>": _people("authors write", "change-trail"),
    "GET /api/v1/trails/<trail_id>/media/<name>": _people(
        "who is asked to look at it looks at its pictures too", "read-trail"
    ),
    "GET /api/v1/trails/<trail_id>/pack": _people("a body takes away what it has written", "read-trail-pack"),
    "POST /api/v1/trails/<trail_id>/asking": _people("editors ask others to look", "ask-trail"),
    "POST /api/v1/trails/<trail_id>/publishing": _people("editors answer for what is shown", "publish-trail"),
    "POST /api/v1/trails/<trail_id>/resting": _people(
        "editors know when it cannot be done, moderators keep people safe", "rest-trail"
    ),
    "POST /api/v1/trails/<trail_id>/return": _people("who took it away brings it back", "return-trail"),
    "POST /api/v1/trails/<trail_id>/withdrawal": _people("its owners take it away", "withdraw-trail"),
    "PUT /api/v1/trails/<trail_id>/stages/<stage>/adoption": _people("everybody may offer to look after it"),
    "GET /api/v1/proposals": _people("everybody sees their own"),
    "PUT /api/v1/proposals/<proposal_id>": _people("everybody may propose; who looks after it answers"),
    "DELETE /api/v1/proposals/<proposal_id>": _people("everybody takes back their own"),
    "GET /api/v1/stories": _people("everybody sees their own"),
    "PUT /api/v1/stories/<story_id>": _people(
        "everybody may tell one, and changes their own", "change-story"
    ),
    "DELETE /api/v1/stories/<story_id>": _people("everybody takes away their own", "remove-story"),
    "GET /api/v1/stories/<story_id>/picture": _people("its maker, and who looks at it", "read-story"),
    "PUT /api/v1/stories/<story_id>/picture": _people("everybody changes their own", "change-story"),
    "DELETE /api/v1/stories/<story_id>/picture": _people("everybody changes their own", "change-story"),
    "POST /api/v1/stories/<story_id>/asking": _people("everybody asks for their own", "ask-story"),
    "POST /api/v1/stories/<story_id>/resting": _people("everybody lets their own rest", "rest-story"),
    "POST /api/v1/stories/<story_id>/return": _people("everybody brings back their own", "return-story"),
    "POST /api/v1/stories/<story_id>/withdrawal": _people("everybody takes away their own", "withdraw-story"),
    "GET /api/v1/told-stories": _everybody("from schema shown"),
    "GET /api/v1/told-stories/<story_id>": _everybody("from schema shown"),
    "GET /media/stories/<digest>": _everybody("a story's picture is as public as the story"),
    "PUT /api/v1/trails/<trail_id>/body": _people(
        "its owners give it away; a guide hands over what nobody has", "give-trail"
    ),
    "GET /api/v1/trails/<trail_id>/health": _people("who looks after a trail sees how it is", "read-health"),
    "POST /api/v1/trails/<trail_id>/stages/<stage>/rest": _people(
        "who finds it unsafe keeps others from it", "rest-stage"
    ),
    "POST /api/v1/trails/<trail_id>/stages/<stage>/mended": _people(
        "who has mended it says so", "mend-stage"
    ),
    "GET /api/v1/trails/<trail_id>/stages/<stage>/stewards": _people(
        "who is in it knows whom to ask", "read-stewards"
    ),
    "PUT /api/v1/trails/<trail_id>/stages/<stage>/stewards/<account_id>": _people(
        "editors ask who looks after what", "change-stewards"
    ),
    "DELETE /api/v1/trails/<trail_id>/stages/<stage>/stewards/<account_id>": _people(
        "editors ask somebody to stop, and everybody may by themselves", "change-stewards"
    ),
    "POST /api/v1/invitations": _people("who has the code comes in, once"),
    "GET /api/v1/cases": _people("everybody sees what they may look at, and only that"),
    "GET /api/v1/cases/decided": _people("the same of what was decided"),
    "GET /api/v1/cases/times": _people("who decides for all sees how long people wait"),
    "GET /api/v1/cases/<case_id>": _people("who may look at it", "read-case"),
    "PUT /api/v1/cases/<case_id>/look": _people("who looks at it now is told to the others", "look-at-case"),
    "DELETE /api/v1/cases/<case_id>/look": _people("everybody stops looking for themselves"),
    "POST /api/v1/cases/<case_id>/decision": _people("one place decides", "decide-case"),
    "POST /api/v1/cases/<case_id>/reading": _people("a language helper reads for others", "read-for-others"),
    "POST /api/v1/cases/<case_id>/appeal": _people("whose thing it is asks somebody else", "appeal-case"),
    "GET /api/v1/cases/<case_id>/quarantine": _people(
        "who answers for what was removed reads it again", "read-quarantine"
    ),
    "GET /api/v1/notices/reasons": _everybody("the same for all"),
    "POST /api/v1/notices": _everybody("anybody may point something out, without an account"),
    "GET /api/v1/notices/<notice_id>": Row(
        Door.OPEN,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        "who has the receipt sees what became of it; nobody else does",
    ),
    "POST /api/v1/notices/<notice_id>/appeal": Row(
        Door.OPEN,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        "who has the receipt may appeal; nobody else may",
    ),
    "GET /api/v1/duty-calendar": _people("who has a duty sees who is on duty when"),
    "PUT /api/v1/duty-calendar": _people("everybody says the own days"),
    "PUT /api/v1/journeys/<journey_id>": _devices(
        Cell.ALLOWED, "the same id under another player is another journey, and that player's own"
    ),
    "GET /api/v1/journeys": _devices(Cell.ALLOWED, "everybody sees their own, and only those"),
    "GET /api/v1/journeys/<journey_id>": _devices(
        Cell.NOTHING_THERE, "its owner's devices see it; to all others it is not there"
    ),
    "POST /api/v1/journeys/<journey_id>/moves": _devices(
        Cell.NOTHING_THERE, "only its owner's devices add to a journey"
    ),
    "POST /api/v1/moves": _devices(Cell.ALLOWED, "everybody speaks for themselves, and only so"),
    "GET /api/v1/offers": _everybody("what is near and open is no secret: from schema shown"),
    "GET /api/v1/quests/nearby": _everybody("what is near is no secret: from schema shown"),
    "GET /api/v1/quests": _everybody("what there is is no secret: from schema shown"),
    "GET /api/v1/quests/<code>": _everybody("from schema shown"),
    "GET /api/v1/quests/<code>/kit": _devices(
        Cell.ALLOWED, "hidden stages are in it: for whoever plays, not for whoever searches"
    ),
    "GET /api/v1/badges": _everybody("what can be earned, and how; of nobody who has"),
    "GET /api/v1/badges/<key>/picture.png": _everybody("drawn from the badge alone"),
    "GET /api/v1/badges/<key>/diploma": _everybody(
        "a form to print: the name is written by hand on the paper"
    ),
    "GET /api/v1/decks": _everybody("what a drift draws from; what was drawn is the phone's own"),
    "GET /api/v1/decks/<key>": _everybody("the same for all, so that phones and caches may keep it"),
    "GET /api/v1/pages/<name>": _everybody("style sheets of pages"),
    "GET /api/v1/awards": _devices(Cell.ALLOWED, "everybody sees their own, with the doors they open"),
    "GET /api/v1/today": Row(
        Door.ASKED,
        Cell.ALLOWED,
        Cell.ALLOWED,
        Cell.ALLOWED,
        "from schema shown; with a token, what that player has begun comes last",
    ),
    "GET /api/v1/closures": _everybody("where to keep away is for everybody to know: from schema shown"),
    "POST /api/v1/closure-previews": _people(
        "which public stages lie there is public, counted for whoever draws"
    ),
    "PUT /api/v1/closures/<closure_id>": _people(
        "who may close ground does, in a body's name", "close-ground"
    ),
    "POST /api/v1/closures/<closure_id>/ending": _people("it is opened by whose it is", "open-ground"),
    "GET /api/v1/bodies/<body_id>/closures": _people("members see what their body closed", "read-closures"),
    "PUT /api/v1/season-grounds/<ground_id>": _people(
        "who may close ground says what is closed every year", "mark-season-ground"
    ),
    "POST /api/v1/season-grounds/<ground_id>/ending": _people("it ends by whose it is", "end-season-ground"),
    "GET /api/v1/bodies/<body_id>/season-grounds": _people(
        "members see what their body closes every year", "read-season-grounds"
    ),
    "GET /api/v1/bodies/<body_id>/reviews": _people(
        "members see what their body has said yes to", "read-reviews"
    ),
    "POST /api/v1/bodies/<body_id>/reviews/<trail_id>/withdrawal": _people(
        "the community alone takes back what it said", "withdraw-review"
    ),
    "PUT /api/v1/media/<media_id>": _devices(
        Cell.ALLOWED, "the same id under another player is another medium, and that player's own"
    ),
    "GET /api/v1/media/<media_id>": _devices(
        Cell.NOTHING_THERE, "its owner's devices see it; to all others it is not there"
    ),
    "PATCH /api/v1/media/<media_id>": _devices(Cell.NOTHING_THERE, "only its owner's devices send its bytes"),
    "DELETE /api/v1/media/<media_id>": _devices(Cell.NOTHING_THERE, "only its owner's devices take it away"),
    "GET /media/<digest>": _everybody(
        "what came with quests is for everybody who knows its hash: from schema shown"
    ),
    "GET /media/private/<content>/<name>": Row(
        Door.OPEN,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        Cell.NOTHING_THERE,
        "an address that the server signed lets in whoever has it, for ten minutes; nothing else does",
    ),
    "GET /welcome": _everybody("from schema shown; nothing of whoever asks is kept"),
    "GET /about/notice": _everybody("anybody may say that something public should not be"),
    "POST /about/notice": _everybody("the same as the API's, from a form that needs no script"),
    "GET /about/<name>": _everybody("what is kept, on which terms, and who answers for it, is for everybody"),
    "GET /api/v1/municipalities": _everybody("from schema shown"),
    "GET /api/v1/municipalities/<municipality>/guide": _everybody("a guide is there to be rung"),
    "GET /api/v1/cases/<case_id>/quarantine/picture": _people(
        "who answers for it sees what was removed", "read-quarantine"
    ),
    "GET /api/v1/guides/<municipality>": _people("a guide sees what is kept of the own card", "read-guide"),
    "PUT /api/v1/guides/<municipality>": _people("a guide says who they are", "write-guide"),
    "DELETE /api/v1/guides/<municipality>": _people("and takes it away", "remove-guide"),
    "PUT /api/v1/guides/<municipality>/picture": _people("a guide's own picture", "write-guide"),
    "GET /api/v1/guides/<municipality>/picture": _people(
        "its guide and moderators see it while it is hidden", "read-guide"
    ),
    "GET /media/guides/<digest>": _everybody("a guide's picture is as public as the guide"),
    "GET /api/v1/places": _everybody("from schema shown"),
    "GET /api/v1/basemap": _everybody("says what maps are drawn on"),
    "GET /basemap/<digest>.pmtiles": _everybody("OpenStreetMap's data, which is everybody's"),
    "GET /tiles/<layer>.json": _everybody("says what tiles there are"),
    "GET /tiles/<layer>/<z>/<x>/<y>.mvt": _everybody("what a map shows is no secret: from schema shown"),
}
