"""Where things lie on the machine, before any setting says so."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[2]


def own_folder(environ: Mapping[str, str]) -> Path:
    """That of this checkout, for everything that must not be lost, where ROTFASTE_DATA names none."""
    checkout = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
    if os.geteuid() == 0:
        return Path("/var/lib/rotfaste") / checkout
    share = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME") or "~").expanduser() / ".local/share"
    )
    return Path(share) / "rotfaste" / checkout


def private_url(cluster_folder: Path, database: str = "quest") -> str:
    """Of a database in a private cluster, reached through the socket in its folder. [libpq URL]"""
    return f"postgresql://quest@/{database}?host={quote(str(cluster_folder / 's'))}"
