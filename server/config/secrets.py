"""The secrets that are kept beside the data."""

import json
import os
import secrets as chance
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from server.config.errors import SettingError


@dataclass(frozen=True, slots=True)
class Secrets:
    """Random keys, made at the first start; whoever has them can sign in the server's name."""

    signing: bytes = field(repr=False)


def load_secrets(file: Path) -> Secrets:
    """Read, and at the first start made. Of several processes that start together, one makes them.

    Raises SettingError when the file is there and is not ours to read.
    """
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        _make_secrets(file)
        text = file.read_text("utf-8")
    try:
        return Secrets(signing=bytes.fromhex(json.loads(text)["signing"]))
    except (ValueError, KeyError, TypeError):
        raise SettingError(
            f"{file} is damaged. Bring it back from a backup; a new one would sign anew."
        ) from None


def _make_secrets(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"signing": chance.token_hex(32)}) + "\n"
    # Written apart and then linked: nobody ever reads half a file, and the first one stands.
    descriptor, name = tempfile.mkstemp(prefix=".secrets-", dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as fresh:
        fresh.write(text)
        fresh.flush()
        os.fsync(fresh.fileno())
    try:
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
