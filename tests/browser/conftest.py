"""A phone-sized browser, against the app as it was built and a real server over a real database."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from content.packs.writing import write_members
from media.kinds import media_type
from server.cli.cluster import Cluster
from server.cli.seed import SEED_DATA, load_seed
from server.stores.database import Database
from server.use_cases.publish import publish_pack
from server.use_cases.stages import keep_resting
from tests.browser import quests
from tests.browser.desk import STORY, WIDE, Desk, World, make_person, make_story, make_world
from tests.browser.machine import BUILT, Machine
from tests.browser.phone import FLAGS, Phone, chromium

# The throw-away cluster of a run, as the server's own tests use it.
from tests.server.conftest import migrated_template, run_folder, test_cluster  # noqa: F401

SEEDED = "quest_seeded"
FIGURE = "figure"


@pytest.fixture(scope="session")
def seeded_template(test_cluster: Cluster, migrated_template: str, run_folder: Path) -> str:  # noqa: F811
    """Name of a database with all that comes with the release, and the quests of `tests.browser.quests`."""
    with (run_folder / "seeded-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = run_folder / "seeded-finished"
        if not finished.exists():
            with (run_folder / "template-lock").open("w") as copying:
                fcntl.flock(copying, fcntl.LOCK_EX)
                test_cluster.create_database(SEEDED, template=migrated_template)
            with closing(Database(test_cluster.url(SEEDED), size=2)) as database:
                now = datetime.now(UTC)
                load_seed(database, SEED_DATA, now)
                for pack in (quests.trail(), quests.every_kind(), quests.resting()):
                    publish_pack(database, write_members(pack), media_type, now)
                make_story(database, make_person(database, "Amina"), id=STORY)
                with database.transaction() as connection:
                    keep_resting(connection, quests.resting().sheet.id, quests.RESTS, "closed", now)
            finished.touch()
    return SEEDED


@pytest.fixture(scope="session")
def seeded_url(test_cluster: Cluster, seeded_template: str, worker_id: str, run_folder: Path) -> str:  # noqa: F811
    """A database of this worker's own. [libpq URL]"""
    name = f"browser_{worker_id}"
    with (run_folder / "seeded-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        test_cluster.create_database(name, template=seeded_template)
    return test_cluster.url(name)


@pytest.fixture(scope="session")
def machine(seeded_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The server that most tests play against; it stays as it is."""
    assert (BUILT / "index.html").exists(), "the app is not built: make setup"
    machine = Machine(seeded_url, tmp_path_factory.mktemp("served"))
    machine.serve()
    yield machine
    machine.stop()


@pytest.fixture
def another_machine(seeded_url: str, tmp_path: Path) -> Iterator[Machine]:
    """One over the same database, for this test alone to start, stop and change."""
    machine = Machine(seeded_url, tmp_path)
    yield machine
    machine.stop()


# Playwright's loop runs as long as it is open, and other tests have loops of their own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def new_phone(playwright: Playwright, browser: Browser, machine: Machine) -> Iterator[Callable[..., Phone]]:
    """Phones that are as new; what went wrong inside of them fails the test."""
    phones: list[Phone] = []

    def make(**wishes: object) -> Phone:
        wishes.setdefault("address", machine.address)
        phones.append(Phone(playwright, browser, **wishes))  # type: ignore[arg-type]
        return phones[-1]

    yield make
    troubles = [trouble for phone in phones for trouble in phone.troubles]
    for phone in phones:
        phone.close()
    assert troubles == []


@pytest.fixture(scope="session")
def database(seeded_url: str) -> Iterator[Database]:
    with closing(Database(seeded_url, size=2)) as database:
        yield database


@pytest.fixture(scope="session")
def world(database: Database) -> World:
    return make_world(database)


@pytest.fixture
def new_desk(playwright: Playwright, browser: Browser, machine: Machine) -> Iterator[Callable[..., Desk]]:
    """What went wrong inside of them fails the test."""
    desks: list[Desk] = []

    def make(**wishes: object) -> Desk:
        usual = {"address": machine.address, "size": WIDE, "settings": {}, "worker": False}
        desks.append(Desk(playwright, browser, **{**usual, **wishes}))
        return desks[-1]

    yield make
    troubles = [trouble for desk in desks for trouble in desk.troubles]
    for desk in desks:
        desk.close()
    assert troubles == []


@pytest.fixture
def profile() -> Iterator[Path]:
    """A folder in which a browser keeps what it knows after it was closed."""
    folder = Path(tempfile.mkdtemp(prefix="rotfaste-profile-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Something measured, printed at the end of the run."""

    def tell(line: str) -> None:
        request.node.user_properties.append((FIGURE, line))

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == FIGURE
    ]
    if lines:
        terminalreporter.section("measured in the browser")
        for line in sorted(set(lines)):
            terminalreporter.write_line(line)
