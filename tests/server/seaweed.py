"""A real S3 for tests: SeaweedFS in one process, in a folder of its own, on this machine alone."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

STARTS_WITHIN_S = 60
TRIES = 3
KEY_ID, SECRET = "rotfaste", "a secret of the tests"
BUCKET = "media"
REGION = "eu-north-1"


@dataclass(frozen=True, slots=True)
class Seaweed:
    endpoint: str
    process: "subprocess.Popen[bytes]"

    def environ(self) -> dict[str, str]:
        """The settings that name it."""
        return {
            "ROTFASTE_S3_BUCKET": BUCKET,
            "ROTFASTE_S3_ENDPOINT": self.endpoint,
            "ROTFASTE_S3_REGION": REGION,
            "ROTFASTE_S3_KEY_ID": KEY_ID,
            "ROTFASTE_S3_SECRET": SECRET,
        }


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Seaweed]:
    """Inside, it runs and has the bucket. Somebody may take a port that was free: then it is begun once more."""
    for number in range(TRIES):
        own = folder / str(number)
        own.mkdir()
        with _begun(own) as seaweed:
            if _has_bucket(seaweed):
                yield seaweed
                return
    raise AssertionError(f"it ended {TRIES} times")


@contextlib.contextmanager
def _begun(folder: Path) -> Iterator[Seaweed]:
    keys = folder / "keys.json"
    credentials = [{"accessKey": KEY_ID, "secretKey": SECRET}]
    keys.write_text(
        json.dumps({"identities": [{"name": "tests", "credentials": credentials, "actions": ["Admin"]}]})
    )
    data = folder / "data"
    data.mkdir()
    ports = iter(free_ports(8))
    s3 = next(ports)
    arguments = [str(Path(sys.executable).with_name("weed")), f"-logdir={folder}", "server", f"-dir={data}"]
    arguments += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", f"-s3.config={keys}", f"-s3.port={s3}"]
    arguments += [f"-filer.localSocket={folder / 'filer.sock'}", "-s3.iam=false", "-s3.port.iceberg=0"]
    arguments += [
        "-master.telemetry=false",
        "-volume.max=20",
        "-master.volumeSizeLimitMB=64",
        "-volume.minFreeSpace=1",
    ]
    for name in ("s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc"):
        arguments.append(f"-{name}={next(ports)}")
    arguments += [f"-filer.port={next(ports)}", f"-filer.port.grpc={next(ports)}"]
    with subprocess.Popen(
        arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Seaweed(f"http://127.0.0.1:{s3}", process)
        finally:
            process.kill()


def _has_bucket(seaweed: Seaweed) -> bool:
    """By putting something into it, again and again until it is there. False where the server has ended."""
    give_up_at = time.monotonic() + STARTS_WITHIN_S
    bucket = Bucket(
        BUCKET,
        endpoint=seaweed.endpoint,
        region=REGION,
        access_key_id=KEY_ID,
        secret_access_key=SECRET,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    while True:
        try:
            obstore.put(bucket, "here", b"here")
        except BaseError:
            if seaweed.process.poll() is not None:
                return False
            assert time.monotonic() < give_up_at, "it does not answer"
            time.sleep(0.1)
        else:
            obstore.delete(bucket, "here")
            return True


def free_ports(count: int) -> list[int]:
    """All different, free a moment ago."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
