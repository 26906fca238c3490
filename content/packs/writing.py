"""Pack → bytes, always the same for equal packs; and the version that follows from them."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

import msgspec

from content.packs.model import MEDIA_FOLDER, PRIVATE_FILE, QUEST_FILE, SOURCES_FILE, TEXTS_FOLDER, Pack
from content.packs.toml_writing import write_toml

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can say


def write_members(pack: Pack) -> dict[str, bytes]:
    """The files of a pack by name. What a field says by default is left out, so that a field added to the

    forms later does not give a pack that never used it another version.
    """
    members = {
        QUEST_FILE: write_toml(_fields(pack.sheet)).encode(),
        PRIVATE_FILE: write_toml(_fields(pack.private)).encode(),
        SOURCES_FILE: pack.sources.encode(),
    }
    for tag, texts in pack.texts.items():
        members[f"{TEXTS_FOLDER}{tag}.toml"] = write_toml(_fields(texts)).encode()
    for name, medium in pack.media.items():
        members[MEDIA_FOLDER + name] = medium.data
    return dict(sorted(members.items()))


def write(pack: Pack) -> bytes:
    """A pack as one zip file; `read` of it is the same pack."""
    return zip_members(write_members(pack))


def version(pack: Pack) -> str:
    """SHA-256 over names and contents of the pack's files, as hex: the same after any export and import."""
    found = hashlib.sha256()
    for name, data in write_members(pack).items():
        found.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    return found.hexdigest()


def zip_members(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def _fields(struct: msgspec.Struct) -> dict[str, object]:
    """A struct as built-in values, without what its fields say by default."""
    config = struct.__struct_config__
    said: dict[str, object] = {} if config.tag_field is None else {config.tag_field: config.tag}
    for field in msgspec.structs.fields(struct):
        part = getattr(struct, field.name)
        if field.required or part != _default(field):
            said[field.encode_name] = _said(part)
    return said


def _said(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, Mapping):
        return {name: _said(value[name]) for name in sorted(value)}
    if isinstance(value, list | tuple):
        return [_said(part) for part in value]
    return value


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
