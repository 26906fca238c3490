"""Publishing: once, under a code that is nobody else's, and exported as it was brought in."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from content.packs.archive import unpack_bytes
from media.kinds import media_type
from quests.model import CirclePlace, Open, Quest, QuestTexts, Season, Stage, StageTexts, TaskTexts, Variant
from quests.secrets import Secrets
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from server.cli.seed import FILES_OF_THE_RELEASE, SEED_DATA, SeedError, load_seed, packs_in
from server.readers.packs import read_members
from server.stores import quests as kept
from server.stores import revisions, showing, shown
from server.stores.database import Database
from server.stores.quests import Version
from server.use_cases import kits, publish
from server.use_cases import quests as public
from server.use_cases.problem import Problem
from tests.factories import NOON, SECRET_ANSWER, SECRET_CODE, VersionFactory, published, started

PACK = SEED_DATA / "quests/anywhere/from-your-door"


def version_of(**fields: Any) -> Version:
    return VersionFactory.create(**{f"quest__{name}": value for name, value in fields.items()})


def publish_as(database: Database, quest: Quest, **changed: Any) -> publish.Receipt:
    made = version_of(**changed)
    made = Version(msgspec.structs.replace(made.quest, id=quest.id), made.secrets)
    return publish.publish_version(database, made, b"another pack", NOON)


def fixed_quest() -> Quest:
    """With a place, a variant, hours, a hidden stage: much of what can be shown."""
    stages = (
        Stage(
            key="bridge",
            place=CirclePlace(lon=14.63566, lat=63.1792, radius_m=30),
            tasks=(Arrive(key="there"),),
            open=Open(light="day", seasons=(Season(start="05-01", end="10-31"),)),
            variants=(Variant(key="dark"),),
        ),
        Stage(key="den", tasks=(Answer(key="name", expects="anything"),), hidden=True),
    )
    told = {
        "bridge": StageTexts(title="Bron", tasks={"there": TaskTexts(prompt="Gå dit.")}, arrived="Framme."),
        "den": StageTexts(title="Lyan", tasks={"name": TaskTexts(prompt="Vad?")}),
    }
    return Quest(
        id="00000000-0000-4000-8000-000000000001",
        code="JHABCDE",
        version="5" * 64,
        kind="trail",
        stages=stages,
        languages=("sv",),
        minutes=20,
        texts={"sv": QuestTexts(title="Över bron", summary="Räkna bågarna.", stages=told)},
    )


def changes(database: Database, expected: int) -> list[tuple[str, str]]:
    """What a reader is told, once it is told that much: a transaction of another test may hold it back."""
    give_up_at = time.monotonic() + 10
    while True:
        with database.transaction() as connection:
            told = revisions.after(connection, 0, 0, 100)
        if len(told) >= expected or time.monotonic() > give_up_at:
            return [(revision.id, revision.change) for revision in told]
        time.sleep(0.05)


def codes_shown(database: Database) -> set[str]:
    return {row[0] for row in database.shown.read("SELECT code FROM shown.codes")}


class TestPacks:
    def test_a_pack_is_published_exported_and_published_again_as_the_same(self, opened: Database) -> None:
        first = publish.publish_pack(opened, read_members(PACK).members, media_type, NOON)
        exported = publish.export_pack(opened, first.code)

        again = publish.publish_pack(opened, unpack_bytes(exported.pack).members, media_type, NOON)

        assert first.new
        assert not again.new
        assert (again.version, again.code) == (exported.version, exported.code) == (first.version, first.code)
        assert changes(opened, 1) == [(first.id, "changed")]

    def test_one_with_mistakes_is_refused_with_all_of_them_and_nothing_is_kept(
        self, opened: Database
    ) -> None:
        members = dict(read_members(PACK).members)
        members["quest.toml"] = (
            members["quest.toml"]
            .replace(b'kind = "', b'kind = "no ')
            .replace(b"[[stages]]", b"[[stages]]\nodd = 1", 1)
        )

        with pytest.raises(Problem) as problem:
            publish.publish_pack(opened, members, media_type, NOON)

        assert problem.value.code == "pack-refused"
        assert len(problem.value.findings) >= 2
        assert opened.private.read("SELECT 1 FROM game.quests") == []

    def test_what_does_not_exist_cannot_be_exported(self, opened: Database) -> None:
        with pytest.raises(Problem, match="unknown-quest"):
            publish.export_pack(opened, "JH22222")


class TestVersions:
    def test_a_repetition_changes_nothing(self, opened: Database) -> None:
        made = version_of()
        first = publish.publish_version(opened, made, b"pack", NOON)

        again = publish.publish_version(opened, made, b"other bytes", NOON + timedelta(days=1))

        assert (first.new, again.new) == (True, False)
        assert publish.export_pack(opened, first.code).pack == b"pack"
        assert changes(opened, 1) == [(made.quest.id, "changed")]

    def test_a_new_version_is_played_from_now_on_and_journeys_keep_theirs(self, opened: Database) -> None:
        walk = started(opened)

        receipt = publish_as(opened, walk.quest, code=walk.quest.code, title="Ny")

        assert receipt.new
        assert walk.submit(walk.move(), walk.answer(SECRET_ANSWER)).view.quest_version == walk.quest.version
        assert kits.take_along(opened, walk.quest.code, NOON).version == receipt.version
        assert public.describe(opened, walk.quest.code, ["sv"]).version == receipt.version

    def test_an_older_version_can_be_brought_back(self, opened: Database) -> None:
        made = version_of()
        publish.publish_version(opened, made, b"pack", NOON)
        publish_as(opened, made.quest, code=made.quest.code)

        back = publish.publish_version(opened, made, b"pack", NOON)

        assert not back.new
        assert kits.take_along(opened, back.code, NOON).version == made.quest.version

    def test_a_kit_holds_hidden_stages_and_no_secret(self, opened: Database) -> None:
        quest = published(opened)

        kit = msgspec.json.encode(kits.take_along(opened, quest.code, NOON)).decode()

        assert '"hidden":true' in kit
        assert SECRET_ANSWER not in kit
        assert SECRET_CODE not in kit

    def test_a_version_stays_as_it_was_published(self, opened: Database) -> None:
        quest = published(opened)

        with opened.transaction() as connection:
            found = kept.version(connection, quest.id, quest.version)

        assert found is not None
        assert found.quest == quest
        assert found.secrets.answers["middle"]["name"] == (SECRET_ANSWER,)

    def test_a_quest_without_its_version_cannot_be_kept(self, opened: Database) -> None:
        def add() -> None:
            with opened.transaction() as connection:
                standing = kept.Standing(version_of().quest.id, "JH22222", "f" * 64, "published")
                kept.set_standing(connection, standing)

        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            add()


class TestCodes:
    def test_a_code_that_another_quest_has_is_not_taken_away(self, opened: Database) -> None:
        first = published(opened)
        made = version_of(code=first.code)

        second = publish.publish_version(opened, made, b"pack", NOON)
        again = publish.publish_version(opened, made, b"pack", NOON)

        assert second.code != first.code
        assert again.code == second.code
        assert kits.take_along(opened, second.code, NOON).quest["code"] == second.code
        assert public.describe(opened, first.code, ["sv"]).version == first.version

    def test_an_old_code_leads_to_the_quest_for_ever(self, opened: Database) -> None:
        quest = published(opened)
        fresh = version_of().quest.code

        receipt = publish_as(opened, quest, code=fresh)

        assert receipt.code == fresh
        assert public.describe(opened, quest.code, ["sv"]).code == fresh
        assert kits.take_along(opened, quest.code, NOON).code == fresh
        assert codes_shown(opened) == {quest.code, fresh}
        other = publish.publish_version(opened, version_of(code=quest.code), b"pack", NOON)
        assert other.code not in {quest.code, fresh}

    def test_two_packs_with_one_code_published_at_once_get_two(self, opened: Database) -> None:
        code = version_of().quest.code
        made = [version_of(code=code) for _ in range(6)]

        with ThreadPoolExecutor(4) as authors:
            codes = list(
                authors.map(lambda one: publish.publish_version(opened, one, b"pack", NOON).code, made)
            )

        assert len(set(codes)) == 6
        assert code in codes


class TestState:
    def test_a_withdrawn_quest_is_gone_for_everybody_but_those_who_play_it(self, opened: Database) -> None:
        walk = started(opened)

        publish.set_state(opened, walk.quest.code, "withdrawn", NOON)

        with pytest.raises(Problem, match="quest-withdrawn"):
            kits.take_along(opened, walk.quest.code, NOON)
        with pytest.raises(Problem, match="quest-withdrawn"):
            kits.version_to_take(opened, walk.quest.code)
        assert opened.shown.read("SELECT 1 FROM shown.quests") == []
        assert opened.shown.read("SELECT 1 FROM shown.stages") == []
        assert opened.shown.read("SELECT 1 FROM shown.quest_texts") == []
        assert codes_shown(opened) == set()
        assert walk.submit(walk.move()).view.stages[0].state == "satisfied"
        assert started(opened, walk.quest).submit().view.title == walk.quest.texts["sv"].title
        assert changes(opened, 2) == [(walk.quest.id, "changed"), (walk.quest.id, "deleted")]

    def test_one_that_rests_is_said_to_rest_and_a_new_version_does_not_wake_it(
        self, opened: Database
    ) -> None:
        quest = published(opened)
        publish.set_state(opened, quest.code, "resting", NOON)

        publish_as(opened, quest, code=quest.code)

        assert kits.take_along(opened, quest.code, NOON).resting
        publish.set_state(opened, quest.code, "published", NOON)
        assert not kits.take_along(opened, quest.code, NOON).resting

    def test_saying_it_twice_changes_nothing(self, opened: Database) -> None:
        quest = published(opened)

        publish.set_state(opened, quest.code, "published", NOON)

        assert changes(opened, 1) == [(quest.id, "changed")]

    def test_what_does_not_exist_has_no_state(self, opened: Database) -> None:
        with pytest.raises(Problem, match="unknown-quest"):
            publish.set_state(opened, "JH22222", "resting", NOON)


class TestWhatAnotherReleaseMade:
    def test_it_is_made_anew_at_the_next_start_and_only_then(self, opened: Database) -> None:
        receipt = publish.publish_version(opened, version_of(), b"a pack", NOON)
        with opened.transaction() as connection:
            before = connection.execute("SELECT plan, form FROM shown.quests").fetchall()
            connection.execute(
                """UPDATE shown.quests SET form = DEFAULT, plan = plan || '{"old": "key"}' WHERE id = %(id)s""",
                {"id": receipt.id},
            )

        assert [publish.show_again(opened), publish.show_again(opened)] == [True, False]

        assert opened.shown.read("SELECT plan, form FROM shown.quests") == before
        assert before[0][1] == showing.FORM

    def test_whoever_changes_what_is_written_raises_the_number(self, opened: Database) -> None:
        # Where this fails, raise server.stores.showing.FORM: else what is published already keeps the old form.
        quest = fixed_quest()
        publish.publish_version(opened, Version(quest, Secrets()), b"a pack", NOON)

        row = opened.shown.read(
            "SELECT generic, municipalities, sort_title, cards, stages, plan, on_tiles,"
            " (SELECT array_agg(feature || entrance || start ORDER BY key) FROM shown.stages) FROM shown.quests"
        )[0]
        written = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()

        assert (showing.FORM, written) == (
            2,
            "3a434276a6d9d9200ec6a39197d2131fc84b982fc80f3891fcbd466904e12142",
        )


class TestRevisions:
    def test_a_reader_never_misses_what_a_slow_transaction_adds_later(self, opened: Database) -> None:
        with opened.transaction() as slow:
            revisions.add(slow, "quest", "slow", "changed", NOON)
            with opened.transaction() as quick:
                revisions.add(quick, "quest", "quick", "changed", NOON)
            seen_before = changes(opened, 0)

        assert seen_before == []
        assert changes(opened, 2) == [("slow", "changed"), ("quick", "changed")]

    def test_a_reader_goes_on_where_it_was(self, opened: Database) -> None:
        with opened.transaction() as connection:
            for name in "abc":
                revisions.add(connection, "quest", name, "changed", NOON)
        changes(opened, 3)
        with opened.transaction() as connection:
            first, *_ = revisions.after(connection, 0, 0, 1)
            rest = revisions.after(connection, first.transaction, first.revision, 10)

        assert first.id == "a"
        assert [revision.id for revision in rest] == ["b", "c"]


class TestSeed:
    def test_everything_of_the_release_is_loaded_once(self, opened: Database) -> None:
        first = load_seed(opened, SEED_DATA, NOON)
        again = load_seed(opened, SEED_DATA, NOON)

        assert len(first.quests) == len(packs_in(SEED_DATA / "quests"))
        assert first.municipalities
        assert first.places
        assert (again.quests, again.municipalities, again.places) == ((), False, False)
        assert len(shown.municipalities(opened).body) > 1_000

    def test_what_an_association_made_of_it_is_left_alone(self, opened: Database) -> None:
        receipt = load_seed(opened, SEED_DATA, NOON).quests[0]
        with opened.transaction() as connection:
            seeded = kept.version(connection, receipt.id, receipt.version)
        assert seeded is not None
        changed = publish_as(opened, seeded.quest, code=receipt.code)
        publish.set_state(opened, receipt.code, "withdrawn", NOON)

        load_seed(opened, SEED_DATA, NOON)

        with opened.transaction() as connection:
            standing = kept.find(connection, receipt.code)
        assert standing == kept.Standing(receipt.id, receipt.code, changed.version, "withdrawn")

    def test_placed_quests_know_their_municipality(self, opened: Database) -> None:
        load_seed(opened, SEED_DATA, NOON)

        rows = opened.shown.read(
            "SELECT municipalities FROM shown.quests WHERE EXISTS"
            " (SELECT FROM shown.stages s WHERE s.quest_id = quests.id)"
        )

        assert (["2380"],) in rows

    def test_a_broken_pack_is_named_with_its_mistakes(self, opened: Database, tmp_path: Path) -> None:
        for name in FILES_OF_THE_RELEASE:
            (tmp_path / name).write_bytes((SEED_DATA / name).read_bytes())
        for name, data in read_members(PACK).members.items():
            file = tmp_path / "quests/mine" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(
                data.replace(b'kind = "challenge"', b'kind = "party"').replace(
                    b'kind = "trail"', b'kind = "party"'
                )
            )

        with pytest.raises(SeedError, match=r"quests/mine.*\n.*quest.toml:"):
            load_seed(opened, tmp_path, NOON)

    def test_a_broken_deck_is_named_with_its_mistakes(self, opened: Database, tmp_path: Path) -> None:
        (tmp_path / "decks").mkdir()
        sound = (SEED_DATA / "decks/winter-and-dark.toml").read_bytes()
        (tmp_path / "decks/mine.toml").write_bytes(sound.replace(b"nerve = 1", b"nerve = 7"))

        with pytest.raises(SeedError, match=r"deck check\n  mine.toml:[0-9]+: value-large"):
            load_seed(opened, tmp_path, NOON)
