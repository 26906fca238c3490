"""What a public body must be able to show: complete, made from the notes, and not stale."""

import dataclasses
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Column, MetaData, Table, Text

from server.cli import main
from server.config import CHECKOUT, SettingError, read_settings
from server.readers.operator import Contact, Operator, OperatorError, read_operator
from server.tables import metadata, purposes
from server.tables.notes import Note
from server.tables.purposes import ENDS, PURPOSES, end_of, tables_of, unsorted
from server.use_cases.about import BACKUPS_KEPT
from server.use_cases.records import BESIDE, SECURITY, documents, records, retention_plan
from server.wiring import open_operator

FOLDER = CHECKOUT / "docs/operating"
MADE = documents(Operator())


def test_every_table_has_one_purpose() -> None:
    assert unsorted() == [], "\n" + "\n".join(unsorted())


def test_a_table_without_a_purpose_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    more = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(more)
    Table("letters", more, Column("id", Text), schema="people")
    monkeypatch.setattr(purposes, "metadata", more)

    (wrong,) = unsorted()

    assert wrong.startswith(
        "people.letters has no purpose. Add its name to the `tables` of one in server/tables/"
    )
    assert "./rotfaste records --to docs/operating" in wrong


def test_a_table_that_is_gone_or_named_twice_is_told_of() -> None:
    play, *others = PURPOSES
    changed = dataclasses.replace(play, tables=(*play.tables, "game.gone", "game.awards"))

    wrong = unsorted([changed, *others])

    assert [line.partition(" ")[0] for line in wrong] == ["game.gone", "game.awards"]


def test_everything_that_is_kept_has_an_end_that_somebody_has_named() -> None:
    needed = [
        end_of(column.info["note"])
        for purpose in PURPOSES
        for table in tables_of(purpose)
        for column in table.columns
    ]

    assert all(end.how for end in needed)
    assert [end for end in ENDS if end not in needed] == []


def test_an_end_that_nobody_has_named_is_told_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"no line of ENDS begins like 'until spring'.*Add one"):
        end_of(Note("A.", "b.", "until spring", exported=False, erased="kept"))


def test_a_purpose_says_whose_data_it_has_where_erasing_takes_any_away() -> None:
    of_people = {
        purpose.key
        for purpose in PURPOSES
        for table in tables_of(purpose)
        for column in table.columns
        if column.info["note"].erased != "kept" or column.info["note"].exported
    }

    assert of_people <= {purpose.key for purpose in PURPOSES if purpose.people}
    assert all(purpose.basis for purpose in PURPOSES if purpose.people)
    assert all(purpose.readers for purpose in PURPOSES)


@pytest.mark.parametrize("name", MADE)
def test_what_is_committed_is_what_the_notes_say(name: str) -> None:
    committed = (FOLDER / name).read_text("utf-8") if (FOLDER / name).exists() else ""

    assert committed == MADE[name], (
        f"docs/operating/{name} is stale. Run ./rotfaste records --to docs/operating (without ROTFASTE_OPERATOR), read"
        " what changed, and commit it. If how long something is kept has changed, docs/operating/public-records.md, dpia.md"
        " and seed_data/pages/about/ may be wrong now, too."
    )


def test_the_command_writes_all_of_them(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["records", "--to", str(tmp_path / "new")], env={"ROTFASTE_OPERATOR": ""})

    assert told.exit_code == 0, told.output
    assert {file.name: file.read_text("utf-8") for file in (tmp_path / "new").iterdir()} == MADE


def test_every_column_stands_in_the_records_and_every_table_in_the_plan() -> None:
    text, plan = records(Operator()), retention_plan()

    for table in metadata.tables.values():
        part = text.partition(f"### `{table.fullname}`\n")[2].partition("\n#")[0]
        for column in table.columns:
            note: Note = column.info["note"]
            assert f"| `{column.name}` | {note.what} | {note.why} | {note.kept} |" in part
        assert f"| `{table.fullname}` |" in plan


def test_tables_are_whole_also_where_a_note_has_a_bar_in_it() -> None:
    for text in MADE.values():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, block[:300]


def test_links_within_the_records_lead_to_headings() -> None:
    text = MADE["records-of-processing.md"]
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("## ")
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_where_something_is_said_to_be_built_there_is_a_file() -> None:
    named = [part for _, where in SECURITY for part in re.findall(r"`([^`]+)`", where)]
    named += [part for one in BESIDE for part in re.findall(r"`([^`]+)`", one.where)]
    files = [name for name in named if "/" in name]

    assert len(files) > 15
    assert [name for name in files if not list(CHECKOUT.glob(name))] == []


def test_backups_are_kept_as_long_as_is_said() -> None:
    unit = (CHECKOUT / "deploy/rotfaste-backup.service").read_text("utf-8")

    assert f"backup --keep {BACKUPS_KEPT}\n" in unit
    assert any(f"the newest {BACKUPS_KEPT}" in one.kept for one in BESIDE)


def test_the_operators_words_take_the_place_of_ours(tmp_path: Path) -> None:
    operator = Operator(
        contact=Contact(name="Bräcke kommun", email="kommun@bracke.example"),
        legal_basis={"play": {"sv": "Uppgift av allmänt intresse."}},
    )

    text = records(operator)

    assert "| Controller (*personuppgiftsansvarig*) | Bräcke kommun, kommun@bracke.example |" in text
    assert "| Uppgift av allmänt intresse. |" in text
    assert "not filled in" in text


def written(folder: Path, text: str) -> Path:
    file = folder / "operator.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_form_to_fill_in_is_good_as_it_is_and_with_everything_filled_in(tmp_path: Path) -> None:
    form = CHECKOUT / "deploy/operator.toml"
    filled = re.sub(r"^# (?=\w+ = |\[)", "", form.read_text("utf-8"), flags=re.MULTILINE)

    empty, told = read_operator(form), read_operator(written(tmp_path, filled))

    assert empty == Operator()
    assert not empty.is_filled_in
    assert told.is_filled_in
    assert told.read_by_lawyer is not None
    assert told.data_protection_officer.email == "dataskyddsombud@exempel.example"
    assert told.legal_basis["play"]["sv"].startswith("Uppgift av allmänt intresse")
    keys = re.search(r"The keys are those\n# of [^:]+: ([a-z, -]+)\.", form.read_text("utf-8"))
    assert keys is not None
    assert keys[1].split(", ") == [purpose.key for purpose in PURPOSES if purpose.people]


@pytest.mark.parametrize(
    "text, said",
    [
        ("name = 'X'", "name: there is no such field. There are contact,"),
        ("contact = 'X'", "contact: must be a part of its own, [contact]"),
        ("[contact]\nmail = 'x@y.se'", "contact.mail: there is no such field. There are name, email"),
        ("[contact]\nemail = 'x at y'", "contact.email: 'x at y' is no e-mail address like"),
        ("[contact]\nphone = 'call me'", "contact.phone: 'call me' is no number to dial"),
        (
            "[contact]\nweb = 'javascript:alert(1)'",
            "contact.web: 'javascript:alert(1)' is no address like https",
        ),
        ("[contact]\nweb = 'https://[x'", "contact.web: 'https://[x' is no address like https"),
        ("[contact]\nname = 3", "contact.name: must be a text, in quotes"),
        ("organisation_number = 212000", "organisation_number: must be a text, in quotes"),
        ("read_by_lawyer = '2027-01-31'", "read_by_lawyer: must be a day without quotes"),
        ("assessed_on = 2027-01-31T10:00:00", "assessed_on: must be a day without quotes"),
        ("assessed_how = 'so'", "assessed_how: must be a text by language"),
        ("assessed_how = { Swedish = 'so', sv = 'så' }", "assessed_how.Swedish: is no language"),
        ("[legal_basis.fun]\nsv = 'x'", "legal_basis.fun: there is no such purpose. There are play,"),
        ("[legal_basis.play]\nen = 'x'", "legal_basis.play: needs a text in Swedish, sv"),
        ("[legal_basis.play]\nsv = ' '", "legal_basis.play.sv: must be a text, in quotes"),
        ("legal_basis = 3", "legal_basis: must be parts of their own"),
        ("[contact", "is not TOML"),
    ],
)
def test_a_mistake_in_the_operators_file_is_named_with_its_mend(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(OperatorError) as error:
        read_operator(file)

    assert said in str(error.value)
    assert str(file) in str(error.value)


def test_all_mistakes_are_told_at_once_and_stop_the_start(tmp_path: Path) -> None:
    file = written(tmp_path, "nam = 'X'\n[contact]\nemail = 'x'\nphone = 'y'\n")

    with pytest.raises(SettingError) as error:
        open_operator(read_settings({"ROTFASTE_OPERATOR": str(file)}))

    assert len(str(error.value).splitlines()) == 3


def test_a_file_that_cannot_be_read_says_which_setting_names_it(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("organisation_number = 'å'".encode("latin-1"))

    with pytest.raises(
        OperatorError, match=r"cannot be read: No such file or directory\. See ROTFASTE_OPERATOR"
    ):
        read_operator(tmp_path / "none.toml")
    with pytest.raises(OperatorError, match="not written in UTF-8"):
        read_operator(tmp_path / "latin.toml")
    with pytest.raises(
        SettingError, match=r"ROTFASTE_OPERATOR=operator\.toml: must be the absolute path of a file"
    ):
        read_settings({"ROTFASTE_OPERATOR": "operator.toml"})
