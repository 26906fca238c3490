"""Notices of what is public; what is hidden meanwhile, or was removed and is kept for a while; what never comes back."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from server.tables.notes import FOR_EVER, HALF_YEAR, TWO_YEARS, YEAR, Moment, Uuid, column, metadata

notices = Table(
    "notices",
    metadata,
    column("id", Uuid, what="UUID made here.", why="the receipt names it.", kept=YEAR),
    column("case_id", Uuid, what="The case that it opened or joined.", why="see words.", kept=YEAR),
    column(
        "secret_sha256",
        LargeBinary,
        what="SHA-256 of the code in the receipt. [32 bytes]",
        why="who has the receipt sees what became of it, and nobody else.",
        kept=YEAR,
    ),
    column(
        "reason_code",
        Text,
        what="Why, one of server.use_cases.cases.reasons.",
        why="how soon it is looked at hangs on it.",
        kept=YEAR,
    ),
    column("words", Text, what="Why, in words.", why="whoever decides must understand it.", kept=YEAR),
    column(
        "name",
        Text,
        what="Who says it; may be empty where a child is concerned.",
        why="the law asks for it (DSA art. 16.2 c); told to nobody but those who decide.",
        kept=YEAR,
    ),
    column(
        "address",
        Text,
        nullable=True,
        what="E-mail address, where one was given.",
        why="the receipt and the decision go there.",
        kept=YEAR,
    ),
    column("language", Text, what="Their language, BCP 47.", why="they are answered in it.", kept=YEAR),
    column("made_at", Moment, what="When.", why="the oldest is looked at first.", kept=YEAR),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["case_id"], ["people.cases.id"], ondelete="CASCADE"),
    CheckConstraint("octet_length(secret_sha256) = 32", name="secret_sha256"),
    Index(None, "case_id"),
    Index(None, "made_at"),
    Index(None, "address", "made_at"),
    schema="people",
    comment="What somebody says of a public thing, without an account.",
)

hidden = Table(
    "hidden",
    metadata,
    column("kind", Text, what="quest, body, guide or story.", why="see id.", kept=FOR_EVER),
    column(
        "id",
        Text,
        what="Which one: a UUID; of a guide the municipality and the account.",
        why="nobody sees it.",
        kept=FOR_EVER,
    ),
    column("case_id", Uuid, what="The case in which it was hidden.", why="it says why.", kept=FOR_EVER),
    column(
        "decided",
        Boolean,
        what="Somebody decided it; else it is hidden until somebody has looked.",
        why="it comes back by itself when nothing was wrong.",
        kept=FOR_EVER,
    ),
    column("since", Moment, what="When.", why="it can be shown.", kept=FOR_EVER),
    PrimaryKeyConstraint("kind", "id", "case_id"),
    schema="people",
    comment="Public things that nobody sees for the time being, whatever their own state is.",
)

quarantine = Table(
    "quarantine",
    metadata,
    column("id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=HALF_YEAR),
    column("case_id", Uuid, what="The case in which it was removed.", why="it says why.", kept=HALF_YEAR),
    column(
        "kind",
        Text,
        what="quest, version (an older one), draft, body, guide or story.",
        why="see content.",
        kept=HALF_YEAR,
    ),
    column("subject", Text, what="Which one.", why="see content.", kept=HALF_YEAR),
    column(
        "name",
        Text,
        what="Version of a pack, or number and moment of an older one; may be empty.",
        why="it can be put back.",
        kept=HALF_YEAR,
    ),
    column(
        "content",
        LargeBinary,
        what="What was removed: a pack as a zip, or what a body or a guide said of themselves, or a story, as JSON.",
        why="an appeal must be able to bring it back, and the police may ask for it.",
        kept=HALF_YEAR,
    ),
    column(
        "blob",
        Text,
        nullable=True,
        what="Where in the store a picture lies that was removed with it.",
        why="it is put back with it, or goes with it.",
        kept=HALF_YEAR,
    ),
    column("taken_at", Moment, what="When.", why="it is forgotten after six months.", kept=HALF_YEAR),
    PrimaryKeyConstraint("id"),
    Index(None, "case_id"),
    Index(None, "taken_at"),
    schema="people",
    comment="What was removed for good, for six months. Each reading of it is written down.",
)

removed_words = Table(
    "removed_words",
    metadata,
    column("kind", Text, what="quest, body or story.", why="see sha256.", kept=TWO_YEARS),
    column(
        "sha256",
        LargeBinary,
        what="Of the words in one language of what was removed for good: its letters and digits alone, in small. [32 bytes]",
        why="the same words under another id wait for somebody who looks; the words themselves are not kept for it.",
        kept=TWO_YEARS,
    ),
    column("case_id", Uuid, what="The case in which it was removed.", why="it says why.", kept=TWO_YEARS),
    column("since", Moment, what="When.", why="it is forgotten after two years.", kept=TWO_YEARS),
    PrimaryKeyConstraint("kind", "sha256", "case_id"),
    Index(None, "case_id"),
    Index(None, "since"),
    schema="people",
    comment="Hashes of words that were removed for good.",
)

blocked_media = Table(
    "blocked_media",
    metadata,
    column(
        "sha256",
        Text,
        what="Of a picture or sound that was removed for good. [64 hex digits]",
        why="it is not published again.",
        kept=FOR_EVER,
    ),
    column("case_id", Uuid, what="The case in which it was removed.", why="it says why.", kept=FOR_EVER),
    column("since", Moment, what="When.", why="it can be shown.", kept=FOR_EVER),
    PrimaryKeyConstraint("sha256"),
    Index(None, "case_id"),
    schema="people",
    comment="Media that nobody publishes again.",
)
