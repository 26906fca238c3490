"""What the tables are for: each table in one purpose, and each way in which what is kept comes to its end.

Data beside the tables, from which `rotfaste records` makes the records of processing (GDPR art. 30), the map of where
data go and the retention plan. **A new table is one name in one purpose**, or a new purpose; a new way to say how long
something is kept (`kept` of a column) is one line in ENDS. Then `./rotfaste records --to docs/operating`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Table

from server.tables.notes import Note, metadata


@dataclass(frozen=True, slots=True)
class Purpose:
    """`people`: whose data; empty where the tables say nothing about people.

    `basis`: what we propose as legal basis; the operator's own words take its place. `readers`: who sees it.
    """

    key: str
    title: str
    why: str
    people: str
    basis: str
    readers: tuple[str, ...]
    tables: tuple[str, ...]


PUBLIC_TASK = "proposed: a task in the public interest (art. 6.1 e), resting on the decision by which the body took on this service"
DUTY = "proposed: a legal duty (art. 6.1 c): it must be shown that somebody's rights were met"
CONSENT = "proposed: consent (art. 6.1 a), given by a tick that nobody sets beforehand each time that a story is asked for, and taken back by taking it away"
NOBODY = ""

PLAYER, EVERYBODY, OPERATOR, WORKER = (
    "the player's own devices",
    "everybody",
    "the operator's technician, on the server itself",
    "the worker, without a person",
)

THEMSELVES, MEMBERS, GUIDE = (
    "the person who is signed in",
    "the members of the same body",
    "the municipality's guide and the operator's administrators",
)
MODERATORS = "moderators and language helpers"

STEWARDS = "the stage's steward, its body's editors, the municipality's guide and moderators"

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "play",
        "Playing quests",
        "A player's phones are known again, moves are judged, and a journey is the same on each of them.",
        "players: newcomers, other inhabitants, visitors; children together with a grown-up",
        PUBLIC_TASK,
        (PLAYER, WORKER, OPERATOR),
        ("game.players", "game.devices", "game.journeys", "game.moves"),
    ),
    Purpose(
        "badges",
        "Badges",
        "What was earned stays earned, and leads on to people and associations.",
        "players",
        PUBLIC_TASK,
        (PLAYER, WORKER, OPERATOR),
        ("game.awards",),
    ),
    Purpose(
        "media",
        "Players' own pictures and sounds",
        "What a player brings to a task is kept for that player; nobody else is shown it.",
        "players; people who can be seen or heard in what players bring",
        PUBLIC_TASK,
        (PLAYER, WORKER, OPERATOR),
        ("game.media", "game.media_contents", "game.media_days"),
    ),
    Purpose(
        "reports",
        "Reports of stages that could not be done",
        "Whoever looks after a stage learns that it is not safe, closed or gone, and nobody is led to it meanwhile.",
        "stewards of stages, and members who are reminded; of players nobody by what is stored, though their own words may tell who wrote them",
        PUBLIC_TASK,
        (STEWARDS, THEMSELVES, WORKER, OPERATOR),
        ("game.stage_reports", "game.stage_rests", "people.stewards", "people.reminders"),
    ),
    Purpose(
        "rights",
        "Erasing, and showing that it was done",
        "Whoever asks to be erased is erased, may regret it for a while, and is not brought back by an old backup.",
        "players who asked to be erased",
        DUTY,
        (PLAYER, WORKER, OPERATOR),
        ("game.erasures", "game.tombstones"),
    ),
    Purpose(
        "quests",
        "Publishing quests",
        "Associations' quests are published, played in the version that was begun, and given back.",
        "those whom a pack names: its association's contact, landowners who said yes, reviewers, sources",
        PUBLIC_TASK,
        (EVERYBODY, PLAYER, OPERATOR),
        (
            "game.quests",
            "game.quest_codes",
            "game.quest_versions",
            "game.packs",
            "shown.quests",
            "shown.codes",
            "shown.stages",
            "shown.quest_texts",
            "shown.media",
        ),
    ),
    Purpose(
        "accounts",
        "Accounts of people who do more than play",
        "Whoever acts for others is known again, by a code or a passkey; nobody needs an account to play.",
        "members of bodies, guides, moderators, administrators; players who want to be known on a new phone",
        PUBLIC_TASK,
        (THEMSELVES, WORKER, OPERATOR),
        (
            "people.accounts",
            "people.addresses",
            "people.passkeys",
            "people.identities",
            "people.sessions",
            "people.attempts",
            "people.claims",
            "people.mails",
            "people.duties",
            "people.guides",
        ),
    ),
    Purpose(
        "bodies",
        "Bodies, and who acts for them",
        "What is published has an owner who answers for it, and what was decided for others can be shown.",
        "members of associations, samebyar, municipalities and the region",
        PUBLIC_TASK,
        (MEMBERS, GUIDE, EVERYBODY, OPERATOR),
        (
            "people.bodies",
            "people.members",
            "people.invitations",
            "people.deeds",
            "people.publications",
            "people.reviews",
            "people.publication_versions",
            "people.proposals",
        ),
    ),
    Purpose(
        "stories",
        "Stories of places",
        "People tell of places of theirs, and others read it; each story is looked at before it is shown, and is its maker's to take away.",
        "grown-ups who tell a story; people who can be recognised in what they tell or show",
        CONSENT,
        (THEMSELVES, MODERATORS, GUIDE, EVERYBODY, OPERATOR),
        ("people.stories", "shown.stories"),
    ),
    Purpose(
        "cases",
        "The inbox: what needs a look by a person",
        "What somebody asks for or points out is looked at by somebody who may decide it, with reasons, and in time.",
        "those who ask, those who point something out, those who decide, those whose thing it is",
        PUBLIC_TASK,
        (MEMBERS, GUIDE, MODERATORS, WORKER, OPERATOR),
        (
            "people.cases",
            "people.readings",
            "people.duty_days",
            "people.looks",
            "people.notices",
            "people.hidden",
            "people.quarantine",
            "people.removed_words",
            "people.blocked_media",
        ),
    ),
    Purpose(
        "ground",
        "Ground that is closed or has rules",
        "Nobody is led onto ground where they do harm, such as calving ground.",
        NOBODY,
        "",
        (EVERYBODY, OPERATOR),
        (
            "game.closures",
            "game.grounds",
            "game.stays_open",
            "game.default_closures",
            "shown.closures",
            "people.closed_by",
            "people.season_grounds",
        ),
    ),
    Purpose(
        "map",
        "Places and maps",
        "Places are found by their names, and maps are drawn.",
        NOBODY,
        "",
        (EVERYBODY,),
        ("shown.municipalities", "shown.places", "shown.place_names", "shown.layers", "shown.water"),
    ),
    Purpose(
        "upkeep",
        "Keeping the service in order",
        "Changes are passed on, upgrades are made once, and new badges are given to all who have earned them.",
        NOBODY,
        "",
        (OPERATOR, WORKER),
        ("game.revisions", "game.job_migrations", "game.badge_rules"),
    ),
)


@dataclass(frozen=True, slots=True)
class End:
    """`kept`: how a column's `kept` begins. `how`: what makes an end of it. `gallring`: the archive's word."""

    kept: str
    how: str
    gallring: str


#: The longest beginning that fits holds.
ENDS: tuple[End, ...] = (
    End(
        "until the player is erased",
        "the player asks in the app; 14 days later the hourly job `erase` removes it. Or `rotfaste erase`, at once",
        "gallras on request",
    ),
    End(
        "until the journey's owner is erased",
        "goes with its owner, as above; another player's id is taken out when that one is erased",
        "gallras on request",
    ),
    End(
        "until the account is erased, or 90 days after it was answered",
        "the hourly job `forget` removes the row; or the person asks, and 14 days later the hourly job `erase` does",
        "gallras 90 days after the answer, after 1 year at most",
    ),
    End(
        "until the account is erased, or its maker",
        "its maker takes it away, at once and with its picture; or asks, and 14 days later the hourly job `erase` does",
        "gallras on request",
    ),
    End(
        "until the account is erased",
        "the person asks; 14 days later the hourly job `erase` removes it",
        "gallras on request",
    ),
    End(
        "as long as the body",
        "stays: what was decided in its name is answered for",
        "bevaras, or the archive's own decision",
    ),
    End(
        "one day",
        "the hourly job `forget` removes the row; a mail goes when it is sent",
        "gallras after 1 day",
    ),
    End("90 days", "the hourly job `forget` empties the field", "gallras after 90 days"),
    End("one year", "the hourly job `forget` removes the row", "gallras after 1 year"),
    End(
        "two years",
        "the hourly job `forget` removes the row two years after it was decided or read",
        "gallras after 2 years",
    ),
    End(
        "six months",
        "the hourly job `forget` removes the row; until then moderators may read it, and each reading is written down",
        "gallras after 6 months",
    ),
    End("two days", "the hourly job `forget` removes the row", "gallras after 2 days"),
    End(
        "for ever, so that no old dump",
        "stays: the number stands for nothing any more, and shows that the erasing was done",
        "bevaras",
    ),
    End("for ever: it says nothing about a person", "stays", "bevaras, or the archive's own decision"),
    End(
        "as long as the quest",
        "stays while journeys may refer to it, also when the quest was withdrawn",
        "bevaras, or the archive's own decision",
    ),
    End(
        "until the quest is published anew or withdrawn",
        "a copy for showing: made anew at publishing, removed at withdrawing",
        "gallras when replaced",
    ),
    End(
        "until the story rests",
        "a copy for showing: gone in the transaction that takes the story away",
        "gallras when replaced",
    ),
    End(
        "until the quest is withdrawn",
        "removed at withdrawing; the pack of the quest still has it",
        "gallras when withdrawn",
    ),
    End(
        "until its source is loaded anew",
        "replaced when the source's list is loaded again",
        "gallras when replaced",
    ),
)


def end_of(note: Note) -> End:
    """How what is kept so comes to its end. Raises LookupError where nobody has said it."""
    fitting = [end for end in ENDS if note.kept.startswith(end.kept)]
    if not fitting:
        raise LookupError(
            f"server/tables/purposes.py: no line of ENDS begins like {note.kept!r}. Add one that says what makes an"
            " end of it (a job, a command, nothing), and in the archive's words; then ./rotfaste records --to"
            " docs/operating."
        )
    return max(fitting, key=lambda end: len(end.kept))


def tables_of(purpose: Purpose) -> tuple[Table, ...]:
    return tuple(metadata.tables[name] for name in purpose.tables)


def unsorted(purposes: Iterable[Purpose] = PURPOSES) -> list[str]:
    """What is wrong with the sorting of tables into purposes, each with its mend; nothing where all is well."""
    named = [name for purpose in purposes for name in purpose.tables]
    where = "server/tables/purposes.py"
    wrong = [
        f"{name} has no purpose. Add its name to the `tables` of one in {where}, or write a new one there; then"
        " ./rotfaste records --to docs/operating, and read what it says of it."
        for name in sorted(set(metadata.tables) - set(named))
    ]
    wrong += [
        f"{name} is in {where}, and there is no such table. Take the name away."
        for name in sorted(set(named) - set(metadata.tables))
    ]
    wrong += [
        f"{name} is named {named.count(name)} times in {where}: one purpose for each table, the one that it was made for."
        for name in sorted(set(named))
        if named.count(name) > 1
    ]
    return wrong
