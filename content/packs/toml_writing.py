"""One spelling of TOML for equal values: what a version is the hash of, and what an author gets back."""

import json
from collections.abc import Iterator, Mapping

# Written in one line where they stand: they read better so than as tables of their own.
INLINE = frozenset({"opens", "finish", "place"})
NARROW = 100


def write_toml(table: Mapping[str, object]) -> str:
    """Names in the order given: texts, numbers and lists first, then tables. None is left out."""
    return "\n".join(_table(table, ())).lstrip("\n") + "\n"


def _table(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    for name, value in table.items():
        if value is not None and not _stands_alone(name, value):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in table.items():
        if value is None or not _stands_alone(name, value):
            continue
        header = ".".join(map(_key, (*path, name)))
        if isinstance(value, Mapping):
            if not value or any(not _stands_alone(inner, part) for inner, part in value.items()):
                yield f"\n[{header}]"
            yield from _table(value, (*path, name))
        elif isinstance(value, list | tuple):
            for item in value:
                yield f"\n[[{header}]]"
                yield from _table(item, (*path, name))


def _stands_alone(name: str, value: object) -> bool:
    if name in INLINE:
        return False
    if isinstance(value, Mapping):
        return True
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)
    )


def _key(name: str) -> str:
    plain = name and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)
    return name if plain else _text(name)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _long_text(value) if "\n" in value else _text(value)
        case Mapping():
            parts = ", ".join(
                f"{_key(name)} = {_flat(part)}" for name, part in value.items() if part is not None
            )
            return f"{{ {parts} }}" if parts else "{}"
        case list() | tuple():
            items = [_flat(part) for part in value]
            line = f"[{', '.join(items)}]"
            return line if len(line) <= NARROW else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    raise TypeError(value)


def _flat(value: object) -> str:
    """Within an inline table everything stays on one line."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flat(part) for part in value)}]"
    return _value(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long_text(text: str) -> str:
    """Several lines between three quotation marks, as somebody would write them."""
    written = "\n".join(_text(line)[1:-1] for line in text.split("\n"))
    if '"""' not in text and not text.endswith('"'):
        written = written.replace('\\"', '"')
    return f'"""\n{written}"""'
