"""JSON schemas of forms, as components of the OpenAPI document, every field described."""

import inspect
from typing import Any

import msgspec

from server.api.descriptions import DESCRIPTIONS

REFERENCE = "#/components/schemas/"


class Schemas:
    """The components that were asked for, by name. Two forms of one name are a mistake and say so."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}

    def of(self, form: Any) -> dict[str, Any]:  # noqa: ANN401  any type that msgspec can describe
        """The schema of a form, as it stands where it is used."""
        (schema,), components = msgspec.json.schema_components([form], ref_template=REFERENCE + "{name}")
        for name, component in components.items():
            described = _described(name, component)
            if self.components.setdefault(name, described) != described:
                raise ValueError(f"two forms are called {name}")
        return schema

    def should_be(self, form: type[msgspec.Struct], field: str, item: Any) -> None:  # noqa: ANN401  as above
        """Says of a list of anything what its items should be; what is not is accepted all the same."""
        described = self.components[form.__name__]["properties"][field]
        described["items"] = {"anyOf": [self.of(item), {}]}


def _described(name: str, component: dict[str, Any]) -> dict[str, Any]:
    """With the descriptions of `server.api.descriptions` where the form's own declaration has none."""
    if "description" in component:  # a docstring: Python 3.13 drops its indentation, 3.11 keeps it
        component["description"] = inspect.cleandoc(component["description"])
    for field, schema in component.get("properties", {}).items():
        inner = [part["description"] for part in schema.get("anyOf", ()) if "description" in part]
        if len(inner) == 1:  # said of what may also be null
            schema.setdefault("description", inner[0])
        told = DESCRIPTIONS.get(f"{name}.{field}")
        if told is not None:
            if "description" in schema:
                raise ValueError(f"{name}.{field} is described twice")
            schema["description"] = told
        if "const" in schema or (len(schema.get("enum", ())) == 1 and "description" not in schema):
            schema.setdefault("description", "Tells which form this is.")
    return component
