"""What a use case says no with, when the whole request cannot be done. The edge turns it into HTTP."""

from collections.abc import Mapping

#: Every code, with its meaning for developers. A code is never renamed or reused.
CODES: Mapping[str, str] = {
    "player-taken": "The player exists, and who asks has not shown to be that player.",
    "device-taken": "The device has another token, or the token another device.",
    "player-erased": "The player was erased; a new one needs a new id.",
    "erasure-unconfirmed": "Who asks to be erased must name itself, and named another player.",
    "unknown-token": "No such player and token.",
    "nothing-today": "Nothing that can be played there now is left.",
    "unknown-quest": "No quest has that code or id.",
    "quest-withdrawn": "The quest was withdrawn and cannot be taken along any more.",
    "unknown-quest-version": "The quest, or that version of it, is not known here.",
    "owner-missing": "The player whose journey it is must be among its players.",
    "bad-moment": "The moment cannot be told in UTC.",
    "journey-differs": "The journey exists with other content.",
    "unknown-journey": "This player has no such journey.",
    "journey-full": "The journey would hold more moves than a journey may.",
    "device-tired": "The device would have sent more moves than it may in a day.",
    "pack-refused": "The pack has mistakes; the findings say which.",
    "unknown-closure": "No closure has that id.",
    "closure-over": "The closure ends earlier than that anyway.",
    "area-unreadable": "What was drawn is no polygon in WGS 84.",
    "area-open": "A ring does not end where it begins, or has fewer than three corners.",
    "area-crossing": "A ring crosses itself or another one, or holds nothing.",
    "area-swapped": "Latitude stands before longitude.",
    "area-outside-region": "A corner lies far outside of the region.",
    "area-corners": "What was drawn has more corners or rings than a phone should carry.",
    "area-large": "The ground is so large that it must be confirmed.",
    "area-elsewhere": "A municipality closes ground within its own border.",
    "closure-kind": "A body of that kind does not close ground for that reason.",
    "closure-date": "The day cannot be read.",
    "closure-dates": "The closure would end before it begins, or before now.",
    "closure-long": "The closure would last longer than one may.",
    "closure-differs": "Ground of that id is another body's.",
    "no-authority": "Neither an active sameby nor a municipality nor the region.",
    "not-verified": "The operator has not made sure yet that the body is who it says.",
    "unknown-season": "There is no such season.",
    "unknown-season-ground": "No ground has that id, or the person may not see it.",
    "unknown-medium": "This player has no such medium.",
    "unsupported-medium": "Media of that type are not taken in.",
    "medium-too-large": "The medium has more bytes than its type may have.",
    "medium-differs": "The medium exists with other content, or the content with another type or size.",
    "media-full": "The player would have more media than a player may.",
    "media-tired": "The player has begun as many media as may be begun in a day.",
    "wrong-offset": "The upload stands at another offset.",
    "beyond-the-end": "More bytes than were announced.",
    "too-many-pieces": "The upload came in more pieces than it may.",
    "signed-out": "The person is not signed in, or not any more.",
    "sign-in-stronger": "What a duty allows asks for a passkey or a provider, used within twelve hours.",
    "not-yours": "The person sees the thing and may not do this to it.",
    "not-now": "The person may do this to such a thing in another state.",
    "bad-address": "No mail could be sent to the address.",
    "address-taken": "The address is another account's.",
    "codes-sent": "As many codes as may be sent to an address in a day were sent.",
    "wrong-code": "The code that was typed is not the one that was sent.",
    "attempt-over": "The attempt was used, is too old, had too many tries or belongs to another browser.",
    "wrong-passkey": "The passkey is not known here, or what it signed is not what was asked.",
    "passkeys-full": "No more passkeys fit into the account.",
    "unknown-passkey": "The account has no such passkey.",
    "last-way-in": "Nobody could sign in to the account any more.",
    "unknown-session": "The account is not signed in there.",
    "unknown-provider": "The operator has written down no such provider.",
    "provider-failed": "The provider could not be asked, or its answer is not to be trusted.",
    "claimed-by-another": "The player was claimed by another account.",
    "unknown-player": "The account has no such player.",
    "unknown-device": "The player has no such device.",
    "devices-full": "No more devices fit.",
    "unknown-body": "No body has that id, or the person may not see it.",
    "body-differs": "A body of that id is somebody else's.",
    "applications-full": "Some must be decided first.",
    "changed-meanwhile": "Somebody changed it after it was read.",
    "reason-missing": "Nothing is refused without a reason.",
    "unknown-member": "The body has no such member.",
    "last-owner": "The body would be left without an owner.",
    "invitations-full": "Some must be taken or taken back first.",
    "unknown-invitation": "The code was used, is too old, was taken back, or never was.",
    "members-full": "No more members fit.",
    "unknown-case": "No case has that id, or the person may not see it.",
    "for-somebody-else": "Who decided before, or is in the body whose thing it is, does not decide it.",
    "unknown-decision": "The case has no such decision now, or there is no such reason.",
    "not-your-language": "The person is not noted down as reading that language.",
    "appeal-over": "More than six months have gone since it was decided.",
    "bad-day": "The day is past, or too far ahead.",
    "unknown-trail": "No trail has that id, or the person may not see it.",
    "unknown-trail-version": "That version of the trail is not kept.",
    "trail-taken": "The id is taken.",
    "trail-differs": "The pack says another id than the address.",
    "trails-full": "The body has as many trails as a body may.",
    "version-missing": "The version that is changed must be named.",
    "body-not-active": "The body was not approved, or is closed.",
    "belongs-to-body": "The quest belongs to a body, which says what becomes of it.",
    "grown-up-needed": "Nothing becomes public by somebody who is not grown up.",
    "first-look-needed": "Others look at the first thing that a body publishes.",
    "held": "Others decided so, and the body does not lift it.",
    "unknown-stage": "No quest that is played has that stage, or the person may not see it.",
    "unknown-steward": "The stage has no such steward.",
    "stewards-full": "No more stewards fit.",
    "bad-cursor": "The cursor is none that was given out for this search.",
}


class Problem(Exception):
    """`facts` fill the sentence; `pointer` says which field of the body; `retry_after_s` when to try again. [s]

    `findings`: an author's mistakes, all at once, where the code is `pack-refused`.
    """

    def __init__(
        self,
        code: str,
        *,
        pointer: str | None = None,
        retry_after_s: int | None = None,
        findings: tuple[object, ...] = (),
        **facts: str | float,
    ) -> None:
        if code not in CODES:
            raise ValueError(code)
        super().__init__(code)
        self.code = code
        self.pointer = pointer
        self.retry_after_s = retry_after_s
        self.findings = findings
        self.facts = facts
