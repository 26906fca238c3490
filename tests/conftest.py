"""For all tests: how hard Hypothesis tries, what the pure rooms may not touch, and the run's own folder."""

import os
import secrets
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import throwaway

TESTS = Path(__file__).parent
WITHOUT_SOCKETS = ("geo", "quests", "content", "media", "house", "web")

# No deadlines: two workers share two cores with a database, and a slow example is not a wrong one.
settings.register_profile("dev", max_examples=30, deadline=None, print_blob=True)
settings.register_profile(
    "test", max_examples=150, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("test"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "dev")

# Another one for each run, the same in all its workers; printed at the beginning, and given to repeat a run.
FUZZ_SEED = int(os.environ.setdefault("ROTFASTE_FUZZ_SEED", str(secrets.randbelow(10**9))))


def pytest_report_header() -> str:
    return f"fuzzing seed: ROTFASTE_FUZZ_SEED={FUZZ_SEED}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        room = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if room in WITHOUT_SOCKETS:
            item.add_marker(pytest.mark.disable_socket)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker uses the folder of the process that started it
        throwaway.begin(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    throwaway.end(config)
