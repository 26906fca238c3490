"""The forms of a pack as JSON Schema, for editors that help while one writes."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from content.packs.model import MADE_AT_PUBLISHING, Private, QuestSheet
from quests.model import QuestTexts

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Schema by the name of its file.
FORMS: Mapping[str, tuple[type[msgspec.Struct], str]] = {
    "quest.schema.json": (QuestSheet, "quest.toml of a Rotfäste pack"),
    "texts.schema.json": (QuestTexts, "texts/<language>.toml of a Rotfäste pack"),
    "private.schema.json": (Private, "private.toml of a Rotfäste pack"),
}


def schema(name: str) -> bytes:
    """One form as a JSON document."""
    form, title = FORMS[name]
    (made,), parts = msgspec.json.schema_components([form], ref_template="#/$defs/{name}")
    for struct, field in MADE_AT_PUBLISHING:
        parts.get(struct, {}).get("properties", {}).pop(field, None)
    document = {"$schema": DIALECT, "title": title, **made, "$defs": _plain(parts)}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _plain(value: Any) -> Any:  # noqa: ANN401  any part of a schema
    """The schema with docstrings as plain text."""
    if isinstance(value, dict):
        return {
            name: inspect.cleandoc(part) if name == "description" and isinstance(part, str) else _plain(part)
            for name, part in value.items()
        }
    return [_plain(part) for part in value] if isinstance(value, list) else value
