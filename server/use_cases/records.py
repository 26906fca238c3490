"""Documents for a public body, made from the notes of the tables: nothing in them can differ from what is built.

Markdown, and the same for the same tables and operator.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from server.readers.operator import Contact, Operator
from server.stores.mine import note_of
from server.tables.purposes import PURPOSES, WORKER, Purpose, end_of, tables_of
from server.use_cases.rights_table import rights_table

NOT_FILLED_IN: Final = "*not filled in: see `deploy/operator.toml`*"
MADE: Final = (
    "<!-- Made by ./rotfaste records from the notes in server/tables. Change those, and make it anew. -->\n"
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept, or passes, beside the database's tables. `where` it is built."""

    what: str
    holds: str
    kept: str
    how: str
    gallring: str
    where: str


#: Everything outside of the tables in which something of a person may be.
BESIDE: Final[tuple[Beside, ...]] = (
    Beside(
        "Bytes of players' pictures and sounds",
        "what was made of them; the original, with its place and time, is deleted when that is done",
        "until the player takes them away or is erased",
        "jobs `remove-blobs` and, for what was left, `sweep` every hour",
        "gallras on request",
        "`server/use_cases/media.py`, `media/blobs.py`",
    ),
    Beside(
        "Bytes of pictures of stories and of guides",
        "what was made of them at once, without what a camera wrote; the original is kept nowhere",
        "until the person takes them away or the account is erased; what was removed for good, six months after",
        "job `remove-blobs` and, of stories that are gone, `sweep` every hour",
        "gallras on request",
        "`server/use_cases/stories.py`, `server/use_cases/guides.py`, `media/blobs.py`",
    ),
    Beside(
        "Request log",
        "route, status, time, a random number for each request; no address, no position, no token, no query",
        "as long as the machine's journal keeps it",
        "`journald`, as the operator sets it; we propose 30 days",
        "gallras after 30 days (proposed)",
        "`server/api/logs.py`; no log in `deploy/Caddyfile`",
    ),
    Beside(
        "Counts of requests",
        "network addresses and fingerprints of tokens, each with a number",
        "an hour at most, in memory; in a Valkey where the operator chose one",
        "the window ends",
        "gallras after 1 hour",
        "`server/api/limits.py`",
    ),
    Beside(
        "Backups",
        "all of the above but the log and the counts; media in S3 are not in them",
        "the newest 30, one a night",
        "`rotfaste backup --keep 30`; a restore erases again whoever was erased since",
        "gallras after 30 days",
        "`deploy/rotfaste-backup.service`, `server/cli/backup.py`, `server/cli/restore.py`",
    ),
    Beside(
        "The file of what was erased",
        "numbers that stand for nothing any more, and who asked to be erased or regretted it, with the moment",
        "for ever",
        "nothing; it shows that erasing was done, and keeps an old backup from undoing it",
        "bevaras",
        "`server/stores/tombstones.py`",
    ),
    Beside(
        "Job queue",
        "what is to be done; of a picture or a player to be removed, its number",
        "until it is done; a job that failed 35 days",
        "the worker deletes what succeeded, and what failed after 35 days, in which the operator looks at it",
        "gallras when done",
        "`server/cli/worker.py`, tables `procrastinate_*`",
    ),
    Beside(
        "On the player's own phone",
        "position, places, words, pictures, tasks done, drifts; only what belongs to a task done is sent",
        "until the player clears it, or the browser does",
        "the player, on the screen *What is stored about me*",
        "not with the public body: no *allmän handling*",
        "`web/src/data/db.ts`",
    ),
)

#: What guards the data, and where it is built.
SECURITY: Final[tuple[tuple[str, str], ...]] = (
    (
        "A player is a number; no name, no address, no identity number is asked for.",
        "`server/tables/players.py`",
    ),
    ("Of a device's token only its SHA-256 is stored.", "`server/tables/players.py`"),
    (
        "Each route has a row that says who may; each cell is tried by a test.",
        "`tests/server/api/test_policy.py`, and the policy that it tries",
    ),
    (
        "What is public is read with a database role that can select in the schema `shown` and nowhere else.",
        "`server/stores/database.py`, `tests/server/test_schema.py`",
    ),
    ("No coordinate, address, query or token in any log.", "`server/api/logs.py`"),
    ("Raw positions are forgotten after 90 days.", "`server/use_cases/forget.py`"),
    (
        "What players bring is decoded in a process that is shut in, and stripped of place and time.",
        "`media/confine.py`, `media/intake.py`",
    ),
    (
        "A player's pictures and sounds are shown by addresses that hold for ten minutes.",
        "`server/api/addresses.py`",
    ),
    ("Everybody can take along all of their own, and be erased.", "`server/api/me.py`"),
    ("The services may write to their data folder and nowhere else.", "`deploy/*.service`"),
    (
        "Nothing is loaded from elsewhere, but for pictures of the map from one host where the operator names one.",
        "`server/api/phone.py`",
    ),
)


def records(operator: Operator) -> str:
    """The records of processing activities (GDPR art. 30.1)."""
    lines = [
        MADE,
        "# Records of processing",
        "",
        (
            "For art. 30.1 of the General Data Protection Regulation (EU) 2016/679. *Draft: to be read by the operator's "
            "lawyer.* What the tables hold is made from the notes that every column must carry, so it is as complete as "
            "the database; legal bases are proposals until the operator has filled in its own."
        ),
        "",
        *_parties(operator),
        "",
        (
            "**Transfers to third countries:** none by what is built here. Where the operator puts media into an S3, its "
            "provider and region decide (`ROTFASTE_S3_ENDPOINT`, `ROTFASTE_S3_REGION`): look before you choose. The same holds for a map host that you name (`ROTFASTE_BASE_MAP`)."
        ),
        "",
        (
            "**Processors:** whoever runs the machine, the S3 or the network's gateway for the operator, each with an "
            "agreement (art. 28). None is given by what is built here."
        ),
        "",
        "## Purposes",
        "",
        *_table(
            ("Purpose", "Whose data", "Legal basis", "Who sees it", "Tables"),
            (
                (
                    f"[{one.title}](#{anchor(one.title)})",
                    one.people or "nobody's",
                    _basis(one, operator),
                    "; ".join(one.readers),
                    ", ".join(f"`{name}`" for name in one.tables),
                )
                for one in PURPOSES
            ),
        ),
    ]
    for purpose in PURPOSES:
        lines += ["", f"## {purpose.title}", "", purpose.why]
        if purpose.people:
            lines += ["", f"**Whose data:** {purpose.people}. **Kept:** {'; '.join(_kept(purpose))}."]
        else:
            lines += ["", "Nothing of any person. Listed so that the list of tables is whole."]
        for table in tables_of(purpose):
            lines += ["", f"### `{table.fullname}`", "", table.comment or "", "", *_columns(table)]
    lines += [
        "",
        "## Beside the tables",
        "",
        *_table(
            ("What", "What it holds", "Kept", "Where it is built"),
            ((one.what, one.holds, one.kept, one.where) for one in BESIDE),
        ),
        "",
        "## Security (art. 32)",
        "",
        *_table(("Measure", "Where"), SECURITY),
    ]
    return "\n".join(lines) + "\n"


def retention_plan() -> str:
    """The *gallringsplan*: exactly the erasing that players are promised, and no more."""
    lines = [
        MADE,
        "# Gallringsplan",
        "",
        (
            "*Draft: to be read by the operator's archivist and lawyer, and decided by the body that may (see "
            "[public-records.md](public-records.md)).* Each line allows what the code does by itself, and nothing more. The "
            "frist is counted from when the server heard of it."
        ),
        "",
        "## In the database",
        "",
    ]
    rows = []
    for purpose in PURPOSES:
        for table in tables_of(purpose):
            by_end: dict[str, list[str]] = {}
            for column in table.columns:
                by_end.setdefault(note_of(column).kept, []).append(str(column.name))
            for kept, columns in by_end.items():
                end = end_of(note_of(table.columns[columns[0]]))
                what = table.comment if len(by_end) == 1 else ", ".join(f"`{name}`" for name in columns)
                rows.append(
                    (purpose.title, f"`{table.fullname}`", what or "", kept, f"**{end.gallring}**", end.how)
                )
    lines += _table(("Purpose", "Table", "What", "Kept", "Gallring", "How it is done"), rows)
    lines += [
        "",
        "## Beside the tables",
        "",
        *_table(
            ("What", "What it holds", "Kept", "Gallring", "How it is done"),
            ((one.what, one.holds, one.kept, f"**{one.gallring}**", one.how) for one in BESIDE),
        ),
    ]
    return "\n".join(lines) + "\n"


def data_flow() -> str:
    """The map of where data go, as Mermaid, with the same in words for those who do not see it."""
    personal = [one for one in PURPOSES if one.people]
    plain = [one for one in PURPOSES if not one.people]
    lines = [
        MADE,
        "# Where data go",
        "",
        ("From the phone through the server into the tables, out of them to whoever reads. Below the picture the same "
        "stands in a table."),
        "",
        "```mermaid",
        "flowchart LR",
        '  phone["The player\'s phone<br/>position, places, words, pictures:<br/>stay there until a task is done"]',
        '  proxy["Proxy with HTTPS<br/>no log of addresses"]',
        '  server["Server<br/>door by door, as the policy says"]',
        '  worker["Worker<br/>hourly: forget, erase, award"]',
        '  store[("Pictures and sounds<br/>folder or S3")]',
        '  backups[("Backups<br/>the newest 30")]',
        '  tombstones[("File of what was erased")]',
        "  phone -->|moves, pictures, asking to be erased| proxy --> server",
        '  subgraph people["Says something about people"]',
        *(_node(one) for one in personal),
        "  end",
        '  subgraph nobody["Says nothing about people"]',
        *(_node(one) for one in plain),
        "  end",
        *(f"  server <--> {one.key}" for one in PURPOSES),
        *(f"  worker <--> {one.key}" for one in PURPOSES if WORKER in one.readers),
        "  server -->|chunks| store",
        "  worker <-->|takes in, strips, removes| store",
        "  server --> tombstones",
        "  worker --> tombstones",
        "  people --> backups",
        "  nobody --> backups",
        "  store -->|but not from S3| backups",
        "  tombstones --> backups",
        *(f'  {key}(["{name}"])' for name, key in _readers().items()),
        *(f"  {one.key} --> {key}" for one in PURPOSES for name, key in _readers().items() if name in one.readers),
        "```",
        "",
        "## The same in words",
        "",
        *_table(
            ("From", "What", "To"),
            (
                ("the player's phone", "moves with at most five positions each, pictures, sounds, asking to be erased",
                 "the server, over HTTPS, through a proxy that logs no address"),
                *(("the server", one.title, ", ".join(f"`{name}`" for name in one.tables)) for one in PURPOSES),
                ("the server and the worker", "bytes of pictures and sounds", "the media folder or the S3"),
                ("the worker", "takes away what is due, erases who asked for it", "the tables and the media"),
                ("the server and the worker", "who was erased, as a number", "the file of what was erased"),
                ("tables, media folder (no S3), file of what was erased, secrets", "everything but the log", "backups"),
                *((f"tables of *{one.title}*", "read", "; ".join(one.readers)) for one in PURPOSES),
            ),
        ),
        "",
        (
            "Nothing goes anywhere else: no push service, no analytics, no fonts of others; and no maps of others, unless the"
            " operator names a host for them (`ROTFASTE_BASE_MAP`): then phones fetch pictures of the places they look at"
            " from it, and it sees their network addresses. `/about/privacy` says so then by itself."
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def documents(operator: Operator) -> Mapping[str, str]:
    """All of them by the names of their files."""
    return {
        "records-of-processing.md": records(operator),
        "data-flow.md": data_flow(),
        "gallringsplan.md": retention_plan(),
        "rights.md": rights_table(),
    }


def anchor(heading: str) -> str:
    """What a heading is linked to by."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def _parties(operator: Operator) -> Iterator[str]:
    yield from _table(
        ("Who", ""),
        (
            ("Controller (*personuppgiftsansvarig*)", _reached(operator.contact)),
            ("Organisation number", operator.organisation_number or NOT_FILLED_IN),
            ("Data protection officer (*dataskyddsombud*)", _reached(operator.data_protection_officer)),
            ("Registry (*diarium*)", _reached(operator.registry)),
            ("Supervisory authority", _reached(operator.data_protection_authority)),
        ),
    )


def _reached(contact: Contact) -> str:
    told = (contact.name, contact.email, contact.phone, contact.post, contact.web)
    return ", ".join(part for part in told if part) or NOT_FILLED_IN


def _basis(purpose: Purpose, operator: Operator) -> str:
    words = operator.legal_basis.get(purpose.key, {})
    return words.get("en") or words.get("sv") or purpose.basis or "none needed"


def _kept(purpose: Purpose) -> list[str]:
    return list(
        dict.fromkeys(note_of(column).kept for table in tables_of(purpose) for column in table.columns)
    )


def _columns(table: Table) -> list[str]:
    return _table(
        ("Column", "What", "Why", "Kept", "In the export", "When erased"),
        (
            (
                f"`{column.name}`",
                note.what,
                note.why,
                note.kept,
                "yes" if note.exported else "no",
                note.erased,
            )
            for column in table.columns
            for note in (note_of(column),)
        ),
    )


def _readers() -> dict[str, str]:
    """Who reads, each with a key for the picture. The worker is there already."""
    names = dict.fromkeys(name for one in PURPOSES for name in one.readers if name != WORKER)
    return {name: f"reader{number}" for number, name in enumerate(names, 1)}


def _node(purpose: Purpose) -> str:
    tables = "<br/>".join(name for name in purpose.tables)
    return f'    {purpose.key}[("{purpose.title}<br/>{tables}")]'


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = tuple(heads)
    return [
        _row(heads),
        "|" + "---|" * len(heads),
        *(_row(row) for row in rows),
    ]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
