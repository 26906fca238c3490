"""Tests on real files that are not in the repository; `make field DATA=folder` says where they are."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def field_data() -> Path:
    return Path(os.environ["ROTFASTE_FIELD_DATA"])
