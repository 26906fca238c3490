"""Settings from the environment, and the secrets that are kept beside the data.

Nothing here touches the database or the network; `rotfaste config` prints what is in force.
"""

import dataclasses
import hashlib
import json
import os
import re
import secrets as chance
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

CHECKOUT = Path(__file__).resolve().parents[1]

TOKEN_LEAST_CHARACTERS = 20
#: A name or a number, perhaps with a port: what may stand in an address of ours.
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
#: Hosts that are this machine, and may be spoken to without encryption.
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
CREDIT_MOST_CHARACTERS = 200
#: An address in plain ASCII, with places for a tile's numbers in braces.
_TEMPLATE = re.compile(r"[A-Za-z0-9:/?&=._~%@+{}\[\]-]+")

_FLAGS = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


class SettingError(Exception):
    """One or more settings that cannot be read; the message names each, and what it may be."""


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise ValueError("1 or 0") from None


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("the absolute path of a folder")
    return path


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("the absolute path of a file")
    return path


def _database(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError(
            "like postgresql://user@host/database, or postgresql://user@/database?host=/socket/folder"
        )
    return "postgresql" + text.removeprefix(parts.scheme)


def _public(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(parts.netloc) or parts.path.strip("/"):
        raise ValueError("like https://quest.example.se, without a path")
    if parts.query or parts.fragment or not _is_port(parts):
        raise ValueError("like https://quest.example.se, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _smtp(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in {"smtp", "smtps"}
        or not parts.hostname
        or parts.path.strip("/")
        or not _is_port(parts)
    ):
        raise ValueError("like smtps://user:password@mail.example.se or smtp://mail.example.se:587")
    return text


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>\",;:]{1,64}@[A-Za-z0-9.-]{1,253}", text):
        raise ValueError("an e-mail address")
    return text


def _map_tiles(text: str) -> str:
    """One host, named in full: it stands in the app's policy, so nothing may stand in it that a policy reads otherwise."""
    wanted = "like https://tiles.example.se/{z}/{x}/{y}.png: https, one host, {z}, {x} and {y} once each"
    parts = urlsplit(text)
    here = parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES
    if not (parts.scheme == "https" or here) or not HOST.fullmatch(parts.netloc) or not _is_port(parts):
        raise ValueError(wanted)
    if parts.fragment or not _TEMPLATE.fullmatch(text):
        raise ValueError(wanted)
    below = f"{parts.path}?{parts.query}"
    if sorted(re.findall(r"\{[^}]*\}?|\}", below)) != ["{x}", "{y}", "{z}"]:
        raise ValueError(wanted)
    return f"{parts.scheme}://{parts.netloc.lower()}{text[len(parts.scheme) + 3 + len(parts.netloc) :]}"


def _credit(text: str) -> str:
    if (
        not text.isprintable()
        or not text.strip()
        or len(text) > CREDIT_MOST_CHARACTERS
        or set("<>&") & set(text)
    ):
        raise ValueError(f"a line of plain text, {CREDIT_MOST_CHARACTERS} characters at most")
    return text.strip()


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _long_enough(text: str) -> str:
    if len(text) < TOKEN_LEAST_CHARACTERS or not text.isascii():
        raise ValueError(f"at least {TOKEN_LEAST_CHARACTERS} letters and digits")
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return read


def _setting(
    name: str, read: Callable[[str], Any], default: str | None, note: str, *, hidden: bool = False
) -> Any:  # noqa: ANN401
    """A field read from the variable `name`; `default` is text as it would stand there, None: worked out.

    `hidden`: its value is never shown.
    """
    return field(metadata={"name": name, "read": read, "default": default, "note": note, "hidden": hidden})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    data: Path = _setting(
        "ROTFASTE_DATA",
        _folder,
        None,
        "Folder of everything that must not be lost: private database, media, secrets, backups. "
        "Without it: /var/lib/rotfaste/… as root, else ~/.local/share/rotfaste/…, one for each checkout.",
    )
    database_url: str = _setting(
        "DATABASE_URL",
        _database,
        None,
        "A PostgreSQL with PostGIS that somebody else runs. Without it the private one in ROTFASTE_DATA.",
    )
    host: str = _setting(
        "ROTFASTE_HOST",
        str,
        None,
        "Address to listen on. Without it 127.0.0.1, and with HTTPS=1 0.0.0.0, so that a phone reaches it.",
    )
    port: int = _setting("PORT", _whole(1, 65_535), "8123", "Port to listen on.")
    https: bool = _setting(
        "HTTPS", _flag, "0", "1: speak HTTPS with a certificate made here, for trying it out on a phone."
    )
    public_address: str | None = _setting(
        "ROTFASTE_PUBLIC_ADDRESS",
        _public,
        None,
        "Where people find it, like https://quest.example.se: for addresses that are handed out. Without it what each"
        " request names as its host is believed, and answers that repeat it are kept by no shared cache.",
    )
    operator: Path | None = _setting(
        "ROTFASTE_OPERATOR",
        _file,
        None,
        "A TOML file that says who runs this and answers for it, as in deploy/operator.toml: what stands on the pages on"
        " privacy, terms and accessibility, and in the records of processing. Without it they say: not filled in.",
    )
    providers: Path | None = _setting(
        "ROTFASTE_PROVIDERS",
        _file,
        None,
        "A TOML file of OpenID providers at which people may sign in, as in deploy/providers.toml. Without it there are"
        " codes by mail and passkeys.",
    )
    workers: int = _setting(
        "ROTFASTE_WORKERS", _whole(1, 64), "2", "Processes that answer requests; one for each core is right."
    )
    threads: int = _setting(
        "ROTFASTE_THREADS",
        _whole(1, 64),
        "8",
        "Requests that one process may have open at once: a phone that sends slowly holds one until it is done.",
    )
    pool_size: int = _setting(
        "ROTFASTE_POOL_SIZE", _whole(1, 100), "4", "Database connections that one process may hold."
    )
    trusted_proxies: int = _setting(
        "ROTFASTE_TRUSTED_PROXIES",
        _whole(0, 5),
        "0",
        "How many proxies stand in front and may say who asks (X-Forwarded-For). Too many lets anybody lie.",
    )
    limits_url: str = _setting(
        "ROTFASTE_LIMITS_URL",
        str,
        "memory://",
        "Where request limits are counted; one Valkey for several machines.",
    )
    limit_per_token: int = _setting(
        "ROTFASTE_LIMIT_PER_TOKEN",
        _whole(0, 10_000_000),
        "300",
        "Requests a minute for one device; 0: no limit.",
    )
    limit_per_address: int = _setting(
        "ROTFASTE_LIMIT_PER_ADDRESS",
        _whole(0, 10_000_000),
        "6000",
        "Requests a minute for one address, behind which a school or a valley may be; 0: no limit.",
    )
    limit_tiles: int = _setting(
        "ROTFASTE_LIMIT_TILES",
        _whole(0, 10_000_000),
        "12000",
        "Tiles of maps a minute for one address, counted apart from other requests; 0: no limit.",
    )
    limit_new_players: int = _setting(
        "ROTFASTE_LIMIT_NEW_PLAYERS",
        _whole(0, 10_000_000),
        "1000",
        "New players an hour from one address; 0: no limit.",
    )
    media_address: str | None = _setting(
        "ROTFASTE_MEDIA_ADDRESS",
        _public,
        None,
        "Another host name that leads here, like https://media.example.se, from which players' media are shown: what "
        "somebody hides in one then runs nowhere near the app. Without it the same host.",
    )
    base_map: str | None = _setting(
        "ROTFASTE_BASE_MAP",
        _map_tiles,
        None,
        "Pictures of a map that somebody else serves, like https://tiles.example.se/{z}/{x}/{y}.png, drawn over our own. "
        "That host learns which places phones look at. Without it no phone asks anybody but us.",
    )
    base_map_credit: str | None = _setting(
        "ROTFASTE_BASE_MAP_CREDIT",
        _credit,
        None,
        "Whom the map in ROTFASTE_BASE_MAP is from, as they want it said. It stands on the map.",
    )
    s3_bucket: str | None = _setting(
        "ROTFASTE_S3_BUCKET",
        str,
        None,
        "Bucket of an S3 for players' media, which is there already. Without it they lie in ROTFASTE_DATA/media. "
        "What is in a bucket is in no backup of ours.",
    )
    s3_endpoint: str | None = _setting(
        "ROTFASTE_S3_ENDPOINT",
        _public,
        None,
        "Address of the S3, like https://s3.example.se. Without it Amazon's of that region.",
    )
    s3_region: str = _setting("ROTFASTE_S3_REGION", str, "eu-north-1", "Region of the bucket.")
    s3_key_id: str | None = _setting("ROTFASTE_S3_KEY_ID", str, None, "Name of the key to the bucket.")
    s3_secret: str | None = _setting(
        "ROTFASTE_S3_SECRET", str, None, "The key: it may list, read, write and delete there.", hidden=True
    )
    limit_own_data: int = _setting(
        "ROTFASTE_LIMIT_OWN_DATA",
        _whole(0, 10_000_000),
        "20",
        "Exports, askings to be erased and regrets an hour of one player; 0: no limit.",
    )
    limit_sign_in: int = _setting(
        "ROTFASTE_LIMIT_SIGN_IN",
        _whole(0, 10_000_000),
        "100",
        "Signings-in and invitations tried an hour from one address; 0: no limit.",
    )
    limit_notices: int = _setting(
        "ROTFASTE_LIMIT_NOTICES",
        _whole(0, 10_000_000),
        "20",
        "Notices of public things, and appeals against what became of them, an hour from one address; 0: no limit.",
    )
    smtp_url: str | None = _setting(
        "ROTFASTE_SMTP_URL",
        _smtp,
        None,
        "Mail server, like smtps://user:password@mail.example.se, or smtp://mail.example.se:587 (with STARTTLS where "
        "it has it). Without it mails are laid into ROTFASTE_DATA/mail, where the operator reads them.",
    )
    mail_from: str = _setting(
        "ROTFASTE_MAIL_FROM",
        _mail_address,
        "rotfaste@localhost",
        "Whom mails are from, and where answers go.",
    )
    limit_media_mb: int = _setting(
        "ROTFASTE_LIMIT_MEDIA_MB",
        _whole(0, 10_000_000),
        "4000",
        "Megabytes of pictures and sounds an hour from one address, behind which a school may be; 0: no limit.",
    )
    metrics_token: str | None = _setting(
        "ROTFASTE_METRICS_TOKEN",
        _long_enough,
        None,
        "With it /metrics answers `Authorization: Bearer …` from anywhere; without it only this machine.",
        hidden=True,
    )
    log_level: str = _setting(
        "ROTFASTE_LOG_LEVEL",
        _one_of("debug", "info", "warning", "error"),
        "info",
        "The least that is logged.",
    )
    private_cluster: bool = field(metadata={})

    @property
    def cluster_folder(self) -> Path:
        return self.data / "cluster"

    @property
    def media_folder(self) -> Path:
        return self.data / "media"

    @property
    def base_map_host(self) -> str | None:
        """Scheme, host and port of the map that somebody else serves: the one address elsewhere that phones may ask."""
        if self.base_map is None:
            return None
        parts = urlsplit(self.base_map)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def basemap_folder(self) -> Path:
        """The imported base map. In no backup: it is made again from OpenStreetMap's file."""
        return self.data / "basemap"

    @property
    def mail_folder(self) -> Path:
        """Where mails are laid when no mail server is set."""
        return self.data / "mail"

    @property
    def work_folder(self) -> Path:
        """For what a worker makes; nothing in it has to be kept."""
        return self.data / "work"

    @property
    def backup_folder(self) -> Path:
        return self.data / "backups"

    @property
    def tls_folder(self) -> Path:
        return self.data / "tls"

    @property
    def secrets_file(self) -> Path:
        return self.data / "secrets.json"

    @property
    def tombstones_file(self) -> Path:
        """What was erased, one row a line, outside the database: a restore of an old dump replays it."""
        return self.data / "tombstones.log"

    @property
    def restore_mark(self) -> Path:
        """There while a restore has begun and is not through; nothing is served then."""
        return self.data / "restore-unfinished"

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else self.host  # noqa: S104
        return f"{'https' if self.https else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def described(self) -> Iterator[tuple[str, str, str]]:
        """(variable, value in force, note) of each setting; a password in a URL is not shown."""
        for setting in dataclasses.fields(self):
            if not setting.metadata:
                continue
            value = getattr(self, setting.name)
            text = "" if value is None else str(value)
            shown = str(int(value)) if isinstance(value, bool) else without_password(text)
            if setting.metadata["hidden"]:
                shown = "…" if value else ""
            yield setting.metadata["name"], shown, setting.metadata["note"]


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
    values["data"] = values["data"] or _own_folder(environ)
    values["host"] = values["host"] or ("0.0.0.0" if values["https"] else "127.0.0.1")  # noqa: S104
    values["private_cluster"] = values["database_url"] is None
    if values["private_cluster"]:
        values["database_url"] = private_url(values["data"] / "cluster")
    return Settings(**values)


def private_url(cluster_folder: Path, database: str = "quest") -> str:
    """Of a database in a private cluster, reached through the socket in its folder. [libpq URL]"""
    return f"postgresql://quest@/{database}?host={quote(str(cluster_folder / 's'))}"


def _own_folder(environ: Mapping[str, str]) -> Path:
    checkout = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
    if os.geteuid() == 0:
        return Path("/var/lib/rotfaste") / checkout
    share = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME") or "~").expanduser() / ".local/share"
    )
    return Path(share) / "rotfaste" / checkout


def without_password(url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "(unreadable)"
    return url.replace(f":{password}@", ":…@", 1) if password else url


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
