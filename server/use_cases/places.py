"""Places: loaded with the release, and found by what somebody typed or by where they are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.names import MISTYPED_LEAST, folded, likeness, mistyped
from geo.positions import Position
from server.stores import places, quests, showing
from server.stores.database import Database

WORDS_MOST = 8  # more are no name of a place here
ALIKE_LEAST = 0.4


def load_places(
    database: Database, features: Iterable[Mapping[str, Any]], source: str, source_sha256: str
) -> bool:
    """Points as GeoJSON features with their names by language; False when they are from those very files already."""
    with database.transaction() as connection:
        quests.lock_publishing(connection)
        if showing.places_from(connection) == source_sha256:
            return False
        showing.replace_places(connection, map(_place, features), source)
        showing.say_places_from(connection, source_sha256)
    return True


def load_lakes(database: Database, features: Iterable[Mapping[str, Any]], source_sha256: str) -> bool:
    """Polygons as GeoJSON features; False when they are from those very files already."""
    with database.transaction() as connection:
        quests.lock_publishing(connection)
        if showing.water_from(connection) == source_sha256:
            return False
        showing.replace_water(connection, features, source_sha256)
    return True


def called(database: Database, typed: str, languages: Sequence[str]) -> bytes:
    """GeoJSON features of the places that are called so, larger first: it is a whole name, in whatever language."""
    whole = folded(typed)
    return places.called(database, whole, languages).features if whole else b""


def written_alike(database: Database, typed: str, languages: Sequence[str], limit: int) -> bytes:
    """GeoJSON features of the places whose names are written most like it; none where none is much alike."""
    whole = folded(typed)
    best: dict[str, float] = {}
    for place, name in places.whole_names(database):
        best[place] = max(best.get(place, 0.0), likeness(whole, name))
    alike = [place for place, measure in best.items() if measure >= ALIKE_LEAST]
    alike.sort(key=lambda place: -best[place])  # of those as alike the larger first, as they came
    return places.of_ids(database, alike[:limit], languages).features


def of_id(database: Database, place_id: str, languages: Sequence[str]) -> bytes:
    return places.of_ids(database, [place_id], languages).features


def _place(feature: Mapping[str, Any]) -> showing.NamedPlace:
    said = feature["properties"]
    return showing.NamedPlace(
        id=feature["id"],
        kind=said["kind"],
        names=said["names"],
        other_names=said["other_names"],
        population=said["population"],
        known_to_m=said["known_to_m"],
        position=Position(*feature["geometry"]["coordinates"]),
        municipality=said["municipality"],
    )


def find(
    database: Database,
    typed: str | None,
    here: Position | None,
    limit: int,
    languages: Sequence[str],
) -> places.Found:
    """What was typed, or everything; the nearest first, or exact and larger first.

    Where nothing is called so, what is called so but for one slip.
    """
    words = folded(typed).split()[:WORDS_MOST] if typed is not None else None
    if words is None:
        if here is None:
            return places.largest(database, limit, languages)
        return places.nearest(database, here, limit, languages)
    if not words:
        return places.Found(b"", ())
    if here is None:
        found = places.named(database, words, limit, languages)
    else:
        found = places.named_near(database, words, here, limit, languages)
    return found if found.features else _mistyped(database, " ".join(words), here, limit, languages)


def _mistyped(
    database: Database, whole: str, here: Position | None, limit: int, languages: Sequence[str]
) -> places.Found:
    if len(whole) < MISTYPED_LEAST:
        return places.Found(b"", ())
    forms = places.forms_from(database, whole[0])
    meant = list(dict.fromkeys(place for place, form in forms if mistyped(whole, form)))
    if here is None:
        return places.of_ids(database, meant[:limit], languages)
    return places.of_ids_near(database, meant, here, limit, languages)
