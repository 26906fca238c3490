"""From the environment to settings, or to every mistake in them at once."""

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from server.config.errors import SettingError
from server.config.folders import own_folder, private_url
from server.config.settings import Settings
from server.config.values import without_password


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """An empty variable counts as one that is not set.

    Raises SettingError, which lists every setting that is wrong.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for setting in dataclasses.fields(Settings):
        if not setting.metadata:
            continue
        name = setting.metadata["name"]
        text = environ.get(name) or setting.metadata["default"]
        try:
            values[setting.name] = None if text is None else setting.metadata["read"](text)
        except ValueError as error:
            told = "…" if setting.metadata["hidden"] else without_password(text)
            wrong.append(f"{name}={told}: must be {error}")
    if values.get("s3_bucket") and not (values.get("s3_key_id") and values.get("s3_secret")):
        wrong.append("ROTFASTE_S3_BUCKET: needs ROTFASTE_S3_KEY_ID and ROTFASTE_S3_SECRET beside it")
    if (values.get("base_map") is None) != (values.get("base_map_credit") is None) and not wrong:
        wrong.append("ROTFASTE_BASE_MAP and ROTFASTE_BASE_MAP_CREDIT: one needs the other beside it")
    if wrong:
        raise SettingError("\n".join(wrong))
    values["data"] = values["data"] or own_folder(environ)
    values["host"] = values["host"] or ("0.0.0.0" if values["https"] else "127.0.0.1")  # noqa: S104
    values["private_cluster"] = values["database_url"] is None
    if values["private_cluster"]:
        values["database_url"] = private_url(values["data"] / "cluster")
    return Settings(**values)
