"""Every setting: the variable that it is read from, what may stand there, and its note."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.config import values


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
        values.folder,
        None,
        "Folder of everything that must not be lost: private database, media, secrets, backups. "
        "Without it: /var/lib/rotfaste/… as root, else ~/.local/share/rotfaste/…, one for each checkout.",
    )
    database_url: str = _setting(
        "DATABASE_URL",
        values.database,
        None,
        "A PostgreSQL with PostGIS that somebody else runs. Without it the private one in ROTFASTE_DATA.",
    )
    pool_size: int = _setting(
        "ROTFASTE_POOL_SIZE", values.whole(1, 100), "4", "Database connections that one process may hold."
    )
    # Where it is found, and how it answers.
    host: str = _setting(
        "ROTFASTE_HOST",
        str,
        None,
        "Address to listen on. Without it 127.0.0.1, and with HTTPS=1 0.0.0.0, so that a phone reaches it.",
    )
    port: int = _setting("PORT", values.whole(1, 65_535), "8123", "Port to listen on.")
    https: bool = _setting(
        "HTTPS",
        values.flag,
        "0",
        "1: speak HTTPS with a certificate made here, for trying it out on a phone.",
    )
    public_address: str | None = _setting(
        "ROTFASTE_PUBLIC_ADDRESS",
        values.public,
        None,
        "Where people find it, like https://quest.example.se: for addresses that are handed out. Without it what each"
        " request names as its host is believed, and answers that repeat it are kept by no shared cache.",
    )
    workers: int = _setting(
        "ROTFASTE_WORKERS",
        values.whole(1, 64),
        "2",
        "Processes that answer requests; one for each core is right.",
    )
    threads: int = _setting(
        "ROTFASTE_THREADS",
        values.whole(1, 64),
        "8",
        "Requests that one process may have open at once: a phone that sends slowly holds one until it is done.",
    )
    trusted_proxies: int = _setting(
        "ROTFASTE_TRUSTED_PROXIES",
        values.whole(0, 5),
        "0",
        "How many proxies stand in front and may say who asks (X-Forwarded-For). Too many lets anybody lie.",
    )
    metrics_token: str | None = _setting(
        "ROTFASTE_METRICS_TOKEN",
        values.long_enough,
        None,
        "With it /metrics answers `Authorization: Bearer …` from anywhere; without it only this machine.",
        hidden=True,
    )
    log_level: str = _setting(
        "ROTFASTE_LOG_LEVEL",
        values.one_of("debug", "info", "warning", "error"),
        "info",
        "The least that is logged.",
    )
    # Who answers for it, and who signs in.
    operator: Path | None = _setting(
        "ROTFASTE_OPERATOR",
        values.file,
        None,
        "A TOML file that says who runs this and answers for it, as in deploy/operator.toml: what stands on the pages on"
        " privacy, terms and accessibility, and in the records of processing. Without it they say: not filled in.",
    )
    providers: Path | None = _setting(
        "ROTFASTE_PROVIDERS",
        values.file,
        None,
        "A TOML file of OpenID providers at which people may sign in, as in deploy/providers.toml. Without it there are"
        " codes by mail and passkeys.",
    )
    smtp_url: str | None = _setting(
        "ROTFASTE_SMTP_URL",
        values.smtp,
        None,
        "Mail server, like smtps://user:password@mail.example.se, or smtp://mail.example.se:587 (with STARTTLS where "
        "it has it). Without it mails are laid into ROTFASTE_DATA/mail, where the operator reads them.",
    )
    mail_from: str = _setting(
        "ROTFASTE_MAIL_FROM",
        values.mail_address,
        "rotfaste@localhost",
        "Whom mails are from, and where answers go.",
    )
    # What is shown besides.
    base_map: str | None = _setting(
        "ROTFASTE_BASE_MAP",
        values.map_tiles,
        None,
        "Pictures of a map that somebody else serves, like https://tiles.example.se/{z}/{x}/{y}.png, drawn over our own. "
        "That host learns which places phones look at. Without it no phone asks anybody but us.",
    )
    base_map_credit: str | None = _setting(
        "ROTFASTE_BASE_MAP_CREDIT",
        values.credit,
        None,
        "Whom the map in ROTFASTE_BASE_MAP is from, as they want it said. It stands on the map.",
    )
    # Players' media.
    media_address: str | None = _setting(
        "ROTFASTE_MEDIA_ADDRESS",
        values.public,
        None,
        "Another host name that leads here, like https://media.example.se, from which players' media are shown: what "
        "somebody hides in one then runs nowhere near the app. Without it the same host.",
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
        values.public,
        None,
        "Address of the S3, like https://s3.example.se. Without it Amazon's of that region.",
    )
    s3_region: str = _setting("ROTFASTE_S3_REGION", str, "eu-north-1", "Region of the bucket.")
    s3_key_id: str | None = _setting("ROTFASTE_S3_KEY_ID", str, None, "Name of the key to the bucket.")
    s3_secret: str | None = _setting(
        "ROTFASTE_S3_SECRET", str, None, "The key: it may list, read, write and delete there.", hidden=True
    )
    # How often somebody may ask.
    limits_url: str = _setting(
        "ROTFASTE_LIMITS_URL",
        str,
        "memory://",
        "Where request limits are counted; one Valkey for several machines.",
    )
    limit_per_token: int = _setting(
        "ROTFASTE_LIMIT_PER_TOKEN",
        values.whole(0, 10_000_000),
        "300",
        "Requests a minute for one device; 0: no limit.",
    )
    limit_per_address: int = _setting(
        "ROTFASTE_LIMIT_PER_ADDRESS",
        values.whole(0, 10_000_000),
        "6000",
        "Requests a minute for one address, behind which a school or a valley may be; 0: no limit.",
    )
    limit_tiles: int = _setting(
        "ROTFASTE_LIMIT_TILES",
        values.whole(0, 10_000_000),
        "12000",
        "Tiles of maps a minute for one address, counted apart from other requests; 0: no limit.",
    )
    limit_new_players: int = _setting(
        "ROTFASTE_LIMIT_NEW_PLAYERS",
        values.whole(0, 10_000_000),
        "1000",
        "New players an hour from one address; 0: no limit.",
    )
    limit_own_data: int = _setting(
        "ROTFASTE_LIMIT_OWN_DATA",
        values.whole(0, 10_000_000),
        "20",
        "Exports, askings to be erased and regrets an hour of one player; 0: no limit.",
    )
    limit_sign_in: int = _setting(
        "ROTFASTE_LIMIT_SIGN_IN",
        values.whole(0, 10_000_000),
        "100",
        "Signings-in and invitations tried an hour from one address; 0: no limit.",
    )
    limit_notices: int = _setting(
        "ROTFASTE_LIMIT_NOTICES",
        values.whole(0, 10_000_000),
        "20",
        "Notices of public things, and appeals against what became of them, an hour from one address; 0: no limit.",
    )
    limit_media_mb: int = _setting(
        "ROTFASTE_LIMIT_MEDIA_MB",
        values.whole(0, 10_000_000),
        "4000",
        "Megabytes of pictures and sounds an hour from one address, behind which a school may be; 0: no limit.",
    )

    # Worked out, and not set.
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
            shown = str(int(value)) if isinstance(value, bool) else values.without_password(text)
            if setting.metadata["hidden"]:
                shown = "…" if value else ""
            yield setting.metadata["name"], shown, setting.metadata["note"]
