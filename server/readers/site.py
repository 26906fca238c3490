"""The phone's app as it was built: every file of `web/dist`, read once, with what a browser has to know of it."""

import gzip
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

START: Final = "index.html"
WORKER: Final = "sw.js"
#: Files of this folder carry a hash of their content in their name.
LASTING_FOLDER: Final = "assets/"
#: How the service worker names the first page among what it keeps: it fetches the page anew when the revision is another.
_REVISION: Final = re.compile(rb'(\{"revision":"[0-9a-f]+)("[^{}]*"url":"index\.html"\})')
_SQUEEZED: Final = (
    "text/",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg",
)
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file. `squeezed`: its bytes as gzip, None where that saves nothing. `lasting`: never changes under its name."""

    media_type: str
    body: bytes = field(repr=False)
    squeezed: bytes | None = field(repr=False)
    tag: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Path below `/` → file. Empty where the app was never built."""

    files: Mapping[str, File] = field(default_factory=dict)

    @property
    def start(self) -> File | None:
        return self.files.get(START)


def refetching_start(worker: File, because: str) -> File:
    """The service worker, told that the first page is another since it is served otherwise: phones keep headers too.

    ValueError where the worker does not name the first page.
    """
    mark = sha256(because.encode()).hexdigest()[:8].encode()
    body, found = _REVISION.subn(rb"\g<1>" + mark + rb"\g<2>", worker.body)
    if found != 1:
        raise ValueError(f"{WORKER} names {START} {found} times")
    return file_of(WORKER, body)


def read_site(folder: Path) -> Site:
    """Every file of the folder; nothing where there is no folder. What links lead out of it is left out."""
    root = folder.resolve()
    found = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and path.resolve().is_relative_to(root) and ".vite" not in path.parts:
            name = path.relative_to(root).as_posix()
            found[name] = file_of(name, path.read_bytes())
    return Site(found)


def file_of(name: str, body: bytes) -> File:
    """What a browser has to know of a file of this name with this content."""
    suffix = Path(name).suffix
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeezed = None
    if media_type.startswith(_SQUEEZED) or suffix == ".wasm":
        squeezed = gzip.compress(body, 9, mtime=0)
        if len(squeezed) > 0.95 * len(body):
            squeezed = None
    return File(media_type, body, squeezed, sha256(body).hexdigest()[:32], name.startswith(LASTING_FOLDER))
