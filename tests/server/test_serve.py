"""Serving, over HTTP and over HTTPS with a certificate made here; a stand-in is what is served."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import pytest

from server.cli.certificate import Certificate, how_to_trust, make_certificate, own_names
from server.cli.run import answers, refuse_busy_port
from server.cli.serve import granian
from server.config import CHECKOUT, Settings, read_settings

WITHIN_S = 30


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return read_settings({"ROTFASTE_DATA": str(tmp_path), "PORT": str(port), "ROTFASTE_WORKERS": "1"})


@contextmanager
def served(settings: Settings) -> Iterator[None]:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen(granian(settings, "tests.server.stand_in:create"), env=environment, cwd="/")
    try:
        give_up_at = time.monotonic() + WITHIN_S
        while not answers(settings) and time.monotonic() < give_up_at:
            assert process.poll() is None
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(WITHIN_S)


def test_the_application_is_served(settings: Settings) -> None:
    with served(settings), urllib.request.urlopen(settings.address, timeout=5) as answer:
        assert answer.read() == b"http"


def test_over_https_who_trusts_the_certificate_is_served_and_others_are_warned(settings: Settings) -> None:
    settings = replace(settings, https=True)
    certificate = make_certificate(settings.tls_folder, *own_names())
    trusting = ssl.create_default_context(cafile=certificate.certificate)
    with served(settings):
        for address in (settings.address, f"https://127.0.0.1:{settings.port}"):
            with urllib.request.urlopen(address, timeout=5, context=trusting) as answer:
                assert answer.read() == b"https"
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(settings.address, timeout=5, context=ssl.create_default_context())


def test_nothing_answers_before_it_is_served(settings: Settings) -> None:
    assert not answers(settings)
    assert not answers(replace(settings, https=True)), "not even a certificate is there"


def test_a_busy_port_is_said_with_the_way_out(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.port))
        other.listen()

        with pytest.raises(
            click.ClickException, match=rf"Port {settings.port} .*make run PORT={settings.port + 1}"
        ):
            refuse_busy_port(settings)


def test_a_free_port_is_taken_again_right_after_it_was_used(settings: Settings) -> None:
    with served(settings):
        pass

    refuse_busy_port(settings)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path / "tls", ["localhost", "skogen", "skogen.local"], ["127.0.0.1", "::1"])


def test_a_certificate_is_kept_while_the_names_are_the_same(certificate: Certificate) -> None:
    before = certificate.certificate.read_bytes()
    folder = certificate.certificate.parent

    same = make_certificate(folder, ["localhost", "skogen", "skogen.local"], ["127.0.0.1", "::1"])
    assert same.certificate.read_bytes() == before

    moved = make_certificate(folder, ["localhost", "skogen", "skogen.local"], ["127.0.0.1", "192.0.2.7"])
    assert moved.certificate.read_bytes() != before


def test_its_key_is_for_us_alone(certificate: Certificate) -> None:
    assert certificate.key.stat().st_mode & 0o077 == 0


def test_trusting_it_does_not_let_it_vouch_for_other_sites(certificate: Certificate, tmp_path: Path) -> None:
    """Whoever stole the key could sign for any name; a phone must not believe that."""

    def signed_for(name: str) -> str:
        signed = str(tmp_path / f"{name}.pem")
        (tmp_path / "extensions").write_text(f"subjectAltName = DNS:{name}\n")
        key = f"-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {tmp_path}/key.pem"
        request = f"openssl req -new {key} -subj /CN=x -out {tmp_path}/request.pem"
        ours = f"-CA {certificate.certificate} -CAkey {certificate.key} -CAcreateserial"
        sign = f"openssl x509 -req -in {tmp_path}/request.pem {ours} -extfile {tmp_path}/extensions -out {signed}"
        for command in (request, sign):
            subprocess.run(command.split(), check=True, capture_output=True)
        return signed

    def verified(signed: str) -> subprocess.CompletedProcess[str]:
        command = ["openssl", "verify", "-CAfile", str(certificate.certificate), signed]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert verified(signed_for("skogen.local")).returncode == 0
    assert "permitted subtree violation" in verified(signed_for("bank.example")).stderr


def test_the_fingerprint_is_what_openssl_says(certificate: Certificate) -> None:
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(certificate.certificate)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert said.rpartition("=")[2] in how_to_trust(certificate, 8123, ["192.0.2.7"])
    assert "https://192.0.2.7:8123" in how_to_trust(certificate, 8123, ["127.0.0.1", "192.0.2.7"])


def test_this_interpreter_is_what_serves(settings: Settings) -> None:
    assert granian(settings, "x:y")[0] == sys.executable
