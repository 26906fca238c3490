"""A property is worth what it catches: each is held against a twin that breaks it on purpose.

A property is a function of the implementation it holds to account. `caught` runs it against a twin with many
examples, the same ones every time, and stops at the first that fails.

The same ones whatever else is loaded: Hypothesis mixes constants out of the source of loaded modules into what it
draws, and every one of them moves all that is drawn after it. A twin was caught or not by which tests had been imported.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers

Property = Callable[[Any], None]

SEARCHING = settings(
    max_examples=2_000,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
    deadline=None,
    report_multiple_bugs=False,
)


def name_of(what: Any) -> str:
    """For a test's id."""
    return getattr(what, "__name__", type(what).__name__)


def caught(holds: Property, twin: Any) -> None:
    """Fails unless the property fails."""
    before = settings.default
    settings.register_profile("twin", SEARCHING)
    settings.load_profile("twin")
    try:
        with without_constants_of_modules(), pytest.raises(AssertionError):
            holds(twin)
    finally:
        settings.register_profile("before", before)
        settings.load_profile("before")


@contextlib.contextmanager
def without_constants_of_modules() -> Iterator[None]:
    """There is no setting for it; a Hypothesis that names these otherwise fails here and loudly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", providers.Constants)
        providers.CONSTANTS_CACHE.cache.clear()
        try:
            yield
        finally:
            providers.CONSTANTS_CACHE.cache.clear()
