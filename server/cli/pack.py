"""`rotfaste pack`: check, bring in and take away what associations make."""

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg

from content.findings import Finding, Weight, mistakes
from content.grounds import FILE_MOST_BYTES, NO_GROUNDS, Grounds, read_grounds
from content.packs.archive import Unpacked, unpack_bytes
from content.packs.checks import check
from content.packs.model import PRIVATE_FILE, Pack
from content.packs.publishing import every_task
from content.packs.reading import Reading, read
from content.packs.schema import FORMS, schema
from content.packs.writing import version
from media.kinds import media_type
from quests.codes import PRINTED_CODE_BYTES, printed_code, typed_code
from quests.tasks.meet import Meet
from quests.tasks.scan import Scan
from server.cli.pack_reading import host_codes, read_pack
from server.cli.terminal import printable
from server.config import read_settings
from server.readers.files import read_at_most
from server.readers.packs import read_members
from server.stores.database import Database
from server.use_cases.grounds import around_members
from server.use_cases.problem import Problem
from server.use_cases.publish import export_pack, publish_pack
from server.wiring import open_database, open_languages

PRIVATE_MODE = 0o600  # answers and codes are for their owners


class Voice:
    """Says things in the language asked for."""

    def __init__(self, wanted: str) -> None:
        self.languages = open_languages()
        self.wanted = (wanted,)

    def __call__(self, key: str, /, **details: object) -> str:
        return self.languages.say(key, details, self.wanted)[0]

    def of(self, finding: Finding) -> str:
        return self(f"finding.{finding.code}", **finding.details)


def _own_language() -> str:
    """The language that the terminal is set to."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "sv" if said.startswith("sv") else "en"


in_language = click.option("--lang", default=_own_language, help="Language of what is said: sv or en.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group("pack")
def command() -> None:
    """Check, bring in and take away packs.

    A pack is a quest as its association owns it: a folder or a zip file with texts, answers and sources.
    """


command.add_command(read_pack)
command.add_command(host_codes)


@command.command("check")
@paths
@in_language
@as_json
@click.option(
    "--grounds",
    "ground_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="GeoJSON of ground with rules, each feature with its kind; in place of what the installation has loaded.",
)
def check_packs(paths: tuple[Path, ...], lang: str, ground_files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say everything that should be mended, with file and line.

    PATHS are folders or zip files. Ends with 1 when one of them has mistakes; warnings alone are no mistakes.
    """
    voice = Voice(lang)
    with _looking_at_ground(ground_files, voice) as around:
        checked = [(path, _checked(path, voice, around)) for path in paths]
    if as_json:
        print(
            json.dumps(
                [_as_data(path, reading, voice) for path, reading in checked], ensure_ascii=False, indent=2
            )
        )
    else:
        for path, reading in checked:
            _print(path, reading, voice)
    if any(mistakes(reading.findings) for _, reading in checked):
        sys.exit(1)


@command.command("import")
@paths
@in_language
def import_packs(paths: tuple[Path, ...], lang: str) -> None:
    """Check packs and make each the version that is played from now on."""
    voice = Voice(lang)
    with closing(open_database(read_settings())) as database:
        imported = [_imported(database, path, voice) for path in paths]
    if not all(imported):
        sys.exit(1)


def _imported(database: Database, path: Path, voice: Voice) -> bool:
    unpacked = _unpacked(path, voice)
    if unpacked.findings:
        _print(path, Reading(None, unpacked.findings), voice)
        return False
    try:
        receipt = publish_pack(database, unpacked.members, media_type, datetime.now(UTC))
    except Problem as problem:
        if problem.code == "belongs-to-body":
            print(voice("pack.belongs-to-body", name=path))
            return False
        if problem.code == "review-needed":
            print(f"{path}: {voice('problem.review-needed', **problem.facts)}")
            return False
        findings = tuple(one for one in problem.findings if isinstance(one, Finding))
        _print(path, Reading(None, findings), voice)
        return False
    _print_findings(path, receipt.findings, voice)
    print(voice("pack.imported", name=path, code=receipt.code, version=receipt.version[:12]))
    return True


@command.command("export")
@click.argument("code")
@click.option(
    "--to", "to", required=True, type=click.Path(path_type=Path), help="A zip file, or a folder to make."
)
@in_language
def export_one(code: str, to: Path, lang: str) -> None:
    """Take away everything that belongs to a quest: texts, answers, printed codes, media, sources."""
    if to.exists():
        raise click.ClickException(f"{to} is there already.")
    with closing(open_database(read_settings())) as database:
        try:
            exported = export_pack(database, typed_code(code) or "")
        except Problem:
            raise click.ClickException(f"There is no quest {code}.") from None
    if to.suffix == ".zip":
        _write(to, exported.pack)
    else:
        for name, data in unpack_bytes(exported.pack).members.items():
            _write(to / name, data)
    print(Voice(lang)("pack.exported", name=to, code=exported.code, version=exported.version[:12]))


@command.command("schema")
@click.argument(
    "name", type=click.Choice([name.removesuffix(".schema.json") for name in FORMS]), required=False
)
@click.option(
    "--to", "to", type=click.Path(file_okay=False, path_type=Path), help="Write all of them to a folder."
)
def print_schema(name: str | None, to: Path | None) -> None:
    """Print the form of quest.toml, texts/*.toml or private.toml as JSON Schema."""
    if to is not None:
        for file in FORMS:
            (to / file).write_bytes(schema(file))
    elif name is None:
        raise click.UsageError("Which one? quest, texts or private; or --to a folder for all.")
    else:
        print(schema(f"{name}.schema.json").decode(), end="")


@command.command("codes")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--renew", multiple=True, metavar="STAGE", help="Draw a new code for this stage; the old stays good."
)
@in_language
def make_codes(path: Path, renew: tuple[str, ...], lang: str) -> None:
    """Draw the printed codes that a pack still needs, into its private.toml."""
    voice = Voice(lang)
    unpacked = _unpacked(path, voice)
    if not path.is_dir():
        raise click.ClickException(voice("pack.codes-folder", name=path))
    reading = Reading(None, unpacked.findings) if unpacked.findings else read(unpacked.members, media_type)
    if reading.draft is None or PRIVATE_FILE in reading.draft.unread:
        _print(path, reading, voice)
        raise click.ClickException(voice("pack.codes-mend", name=path))
    pack = reading.draft.pack
    file = path / PRIVATE_FILE
    before = unpacked.members.get(PRIVATE_FILE, b"")
    made = {stage: _newest(pack, stage) + 1 for stage in _wanting(pack, renew)}
    hosts = list(_without_host(pack))
    lines = [*(_code_lines(*one) for one in made.items()), *(_host_lines(*one) for one in hosts)]
    written = before.decode("utf-8-sig").rstrip() + "\n" + "".join(lines)
    after = read({**unpacked.members, PRIVATE_FILE: written.encode()}, media_type).draft
    if (
        after is None
        or any(_newest(after.pack, stage) != rev for stage, rev in made.items())
        or list(_without_host(after.pack))
    ):
        raise click.ClickException(voice("pack.codes-mend", name=path))
    if not made and not hosts:
        print(voice("pack.codes-none", name=path))
        return
    _write(file, written.lstrip("\n").encode())
    for stage, rev in made.items():
        print(voice("pack.codes-made", name=path, stage=stage, rev=rev))
    for stage, _ in hosts:
        print(voice("pack.host-made", name=path, stage=stage))


def _wanting(pack: Pack, renew: Iterable[str]) -> list[str]:
    """The stages that need a code, and those that are to have another."""
    scanned = [
        stage.key for stage in pack.sheet.stages if any(isinstance(task, Scan) for task in every_task(stage))
    ]
    if odd := sorted(set(renew) - set(scanned)):
        raise click.UsageError(
            f"No stage with a code to scan: {', '.join(odd)}. There are: {', '.join(scanned)}."
        )
    return [stage for stage in scanned if stage in renew or not _newest(pack, stage)]


def _without_host(pack: Pack) -> Iterator[tuple[str, str]]:
    """Stage and task of each host's code of the day that has nothing to be made from."""
    for stage in pack.sheet.stages:
        for task in every_task(stage):
            answers = pack.private.answers(stage.key, task.key)
            if isinstance(task, Meet) and task.rotating and (answers is None or answers.host is None):
                yield stage.key, task.key


def _newest(pack: Pack, stage: str) -> int:
    private = pack.private.stages.get(stage)
    return max((printed.rev for printed in private.codes), default=0) if private else 0


def _code_lines(stage: str, rev: int) -> str:
    code = printed_code(secrets.token_bytes(PRINTED_CODE_BYTES))
    return f'\n[[stages.{stage}.codes]]\nrev = {rev}\ncode = "{code}"\n'


def _host_lines(stage: str, task: str) -> str:
    return (
        f'\n[stages.{stage}.tasks.{task}]\nhost = "{printed_code(secrets.token_bytes(PRINTED_CODE_BYTES))}"\n'
    )


def _unpacked(path: Path, voice: Voice) -> Unpacked:
    try:
        return read_members(path)
    except FileNotFoundError:
        raise click.ClickException(voice("pack.not-there", name=path)) from None
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error


Around = Callable[[Mapping[str, bytes]], Grounds]


def _checked(path: Path, voice: Voice, around: Around) -> Reading:
    unpacked = _unpacked(path, voice)
    if unpacked.findings:
        return Reading(None, unpacked.findings)
    return check(unpacked.members, media_type, around(unpacked.members))


@contextmanager
def _looking_at_ground(files: tuple[Path, ...], voice: Voice) -> Iterator[Around]:
    """Ground with rules around a pack: of these files, else as it is loaded; without a database none, and it is said."""
    if files:
        read = [read_grounds(read_at_most(file, FILE_MOST_BYTES), name=str(file)) for file in files]
        for finding in (finding for one in read for finding in one.findings):
            weight = voice("pack.mistake" if finding.weight is Weight.MISTAKE else "pack.warning")
            click.echo(printable(f"{finding.file}{finding.pointer}: {weight}: {voice.of(finding)}"), err=True)
        if any(one.findings for one in read):
            sys.exit(1)
        known = Grounds(tuple(ground for one in read for ground in one.grounds))
        yield lambda _: known
        return
    with closing(open_database(read_settings())) as database:
        told: list[str] = []

        def loaded(members: Mapping[str, bytes]) -> Grounds:
            try:
                return NO_GROUNDS if told else around_members(database, members, media_type)
            except psycopg.Error:
                told.append(voice("pack.no-grounds"))
                click.echo(told[0], err=True)
                return NO_GROUNDS

        yield loaded


def _print(path: Path, reading: Reading, voice: Voice) -> None:
    _print_findings(path, reading.findings, voice)
    if reading.pack is not None and not reading.findings:
        print(voice("pack.clean", name=path, version=version(reading.pack)[:12]))
    else:
        wrong = len(mistakes(reading.findings))
        print(voice("pack.to-mend", name=path, mistakes=wrong, warnings=len(reading.findings) - wrong))


def _print_findings(path: Path, findings: Iterable[Finding], voice: Voice) -> None:
    for finding in findings:
        where = "/".join(part for part in (str(path), finding.file) if part)
        line = "" if finding.line is None else f":{finding.line}"
        weight = voice("pack.mistake" if finding.weight is Weight.MISTAKE else "pack.warning")
        print(printable(f"{where}{line}: {weight}: {voice.of(finding)}"))


def _as_data(path: Path, reading: Reading, voice: Voice) -> dict[str, object]:
    return {
        "path": str(path),
        "version": None if reading.pack is None else version(reading.pack),
        "findings": [finding_as_data(finding, voice) for finding in reading.findings],
    }


def finding_as_data(finding: Finding, voice: Voice) -> dict[str, object]:
    return {
        "code": finding.code,
        "weight": finding.weight.value,
        "file": finding.file,
        "line": finding.line,
        "pointer": finding.pointer,
        "details": dict(finding.details),
        "message": voice.of(finding),
    }


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, and for its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
