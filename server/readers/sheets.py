"""Badges and decks from the folders that they are written in."""

from pathlib import Path


def read_sheets(folder: Path) -> dict[str, bytes]:
    """Its TOML files by their names. Raises OSError for what is not there or may not be read."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.toml"))}
