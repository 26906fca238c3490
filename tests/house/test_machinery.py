"""What is around the code: the locks, the targets of make, and what continuous integration runs."""

import os
import re
import subprocess

import pytest

from server.config import CHECKOUT

LOCKS = ("run", "test", "bench")


def lock(name: str) -> str:
    return (CHECKOUT / f"requirements/{name}.lock").read_text("utf-8")


def pinned(name: str) -> dict[str, str]:
    """Version by package; a package may be there once for each marker."""
    return {
        m[1] + (m[3] or ""): m[2]
        for m in re.finditer(r"^([a-z0-9.-]+)==(\S+)( ;.*?)? \\$", lock(name), re.MULTILINE)
    }


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # -o: what sets up is taken as done; a test installs nothing.
    command = ["make", "-o", "setup", "-o", "setup-test", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_by_version_and_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", lock(name).strip())

    assert len(entries) > 20
    assert [
        entry.splitlines()[0]
        for entry in entries
        if not re.match(r"\S+==\S+.* \\\n    --hash=sha256:", entry)
    ] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_download_from(name: str) -> None:
    assert re.findall(r"\S*(?://|--index|--find-links|@ )\S*", lock(name)) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_python_gets_the_same_versions(name: str) -> None:
    """What passes on one is then known to be there on the others, stubs for the types included."""
    assert re.findall(r"^.*python_full_version.*$", lock(name), re.MULTILINE) == []


def test_tests_run_with_the_very_packages_that_serve() -> None:
    run, test = pinned("run"), pinned("test")

    assert run
    assert {package: test.get(package) for package in run} == run


def test_everything_asked_for_is_in_the_locks() -> None:
    for name in LOCKS:
        asked = (CHECKOUT / f"requirements/{name}.in").read_text("utf-8").splitlines()
        packages = [
            re.match(r"[a-z0-9-]+", line) for line in asked if line and not line.startswith(("#", "-r"))
        ]
        missing = [
            found[0]
            for found in packages
            if found and not re.search(rf"^{found[0]}==", lock(name), re.MULTILINE)
        ]

        assert packages
        assert missing == [], f"make locks ({name})"


def test_help_lists_the_targets_with_what_they_do() -> None:
    listed = make("help").stdout

    for target in ("run", "test", "check", "field", "bench", "deep", "locks", "format"):
        assert re.search(rf"^  make {target}  +\S", listed, re.MULTILINE), target


@pytest.mark.parametrize("data", ["", "/nowhere/at/all"])
def test_field_tests_without_their_files_are_refused_in_words(data: str) -> None:
    refused = make("field", f"DATA={data}")

    assert refused.returncode != 0
    assert "make field" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_integration_runs_everything_and_field_tests_only_where_the_files_are() -> None:
    script = CHECKOUT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    lines = script.read_text("utf-8").splitlines()
    assert "make test" in lines
    assert 'if [[ -d $data ]]; then make field DATA="$data"; fi' in lines


def test_setting_up_an_unknown_set_is_refused() -> None:
    refused = subprocess.run(
        [CHECKOUT / "scripts/setup.sh", "all"], capture_output=True, text=True, check=False
    )

    assert refused.returncode == 2
    assert "run, test or bench" in refused.stderr
