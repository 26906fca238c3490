"""What a kind of publication must be able to do; how far it has come, and who may what, is the same for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from content.findings import Finding
from content.packs.model import Care
from server.stores.database import Row
from server.stores.publications import Publication

#: Path of a picture, and what says which one it is.
Pictures = tuple[tuple[str, str], ...]
#: Language and words.
Texts = tuple[tuple[str | None, str], ...]

#: The kinds of case in which others look at what is published, beside the one that has the publication's own name.
FIRST_LOOK, TEXT, REVIEW = "first-look", "text", "review"


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody wrote, as it was read. `id`: the one that it says itself. `kept`: as it is kept."""

    id: str | None
    kept: bytes
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody may know of what is out. `code`: what people type."""

    code: str
    version: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cared:
    """Whose culture a content tells of, and which version it is."""

    care: Care | None
    version: str


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` raises Problem pack-refused for what cannot be kept at all. `publish` for what cannot be shown, and

    gives the publication as it then is. `stand`: what is out rests, is withdrawn or is back. `published`: the content
    that is out. `is_there`: something that is nobody's has that id. `shown`: by id, of those that are out. `told`: titles
    and what must be read, by language; of what was written last (else of what is out). `show_again`: in the languages
    that are listed now. `pictures`: as `told`, what must be looked at. `medium`: a file of what was written, by its name.
    `digests`: by language, of the texts that are out. `care`: None for what cannot be read. `public`:
    its name among what notices are given of.
    """

    name: str
    read: Callable[[Connection[Row], bytes], Content]
    publish: Callable[[Connection[Row], Publication, bytes, datetime], Publication]
    stand: Callable[[Connection[Row], Publication, datetime], None]
    published: Callable[[Connection[Row], str], bytes | None]
    is_there: Callable[[Connection[Row], str], bool]
    shown: Callable[[Connection[Row], list[str]], dict[str, Shown]]
    told: Callable[[Connection[Row], str, bytes | None], tuple[Mapping[str, str], Texts]]
    pictures: Callable[[Connection[Row], str, bytes | None], Pictures]
    medium: Callable[[bytes, str], bytes | None]
    show_again: Callable[[Connection[Row], str, datetime], None]
    digests: Callable[[Connection[Row], str], Mapping[str, str]]
    care: Callable[[bytes], Cared | None]
    public: str
