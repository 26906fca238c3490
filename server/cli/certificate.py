"""The certificate for HTTPS=1: signed by itself, for this machine's names and addresses, for a year.

A phone gives its position, its camera and work without network only to pages that came by HTTPS; a self-signed
certificate is enough for trying that out. It is marked as an authority, because phones let people trust nothing
else, and limited to the names it was made for, so that trusting it lets nobody pose as another site.
"""

import hashlib
import ipaddress
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click

VALID_DAYS = 365  # iPhones refuse more than 825
RENEW_BEFORE_S = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Certificate:
    certificate: Path
    key: Path

    def fingerprint(self) -> str:
        """What a phone shows when it asks whether to trust: SHA-256, in pairs."""
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))
        return hashlib.sha256(der).hexdigest().upper()


def own_names() -> tuple[list[str], list[str]]:
    """(names, addresses) by which a phone on the same network may reach this machine."""
    host = socket.gethostname().split(".")[0]
    names = [
        "localhost",
        *dict.fromkeys(n for n in (host, f"{host}.local") if n.isascii() and n != "localhost"),
    ]
    addresses = {"127.0.0.1", "::1"}
    asked = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False)
    addresses |= {a for a in asked.stdout.split() if not ipaddress.ip_address(a).is_link_local}
    return names, sorted(addresses, key=lambda a: (":" in a, a))


def make_certificate(folder: Path, names: list[str], addresses: list[str]) -> Certificate:
    """The one in `folder`, or a new one when it is missing, of other names, or soon too old."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    wanted = "\n".join([*names, *addresses]) + "\n"
    stamp = folder / "names"
    if made.key.exists() and stamp.exists() and stamp.read_text() == wanted and _lasts(made.certificate):
        return made
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    alternatives = [f"DNS:{name}" for name in names] + [f"IP:{address}" for address in addresses]
    permitted = [f"permitted;DNS:{name}" for name in names]
    permitted += [f"permitted;IP:{a}/{ipaddress.ip_network(a).netmask}" for a in addresses]
    request = folder / "request.cnf"
    request.write_text(
        f"""[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = name
x509_extensions = extensions
[name]
commonName = Rotfäste on {names[-1][:40]}
[extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = {", ".join(alternatives)}
nameConstraints = critical, {", ".join(permitted)}
""",
        "utf-8",
    )
    command = ["openssl", "req", "-x509", "-nodes", "-days", str(VALID_DAYS), "-config", str(request)]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-keyout", str(made.key), "-out", str(made.certificate)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o077)
    except FileNotFoundError:
        raise click.ClickException("HTTPS=1 needs openssl: apt-get install openssl") from None
    if done.returncode != 0:
        raise click.ClickException(f"openssl made no certificate:\n{done.stderr.strip()}")
    stamp.write_text(wanted)
    return made


def _lasts(certificate: Path) -> bool:
    command = ["openssl", "x509", "-noout", "-checkend", str(RENEW_BEFORE_S), "-in", str(certificate)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def how_to_trust(certificate: Certificate, port: int, addresses: list[str]) -> str:
    reached = [a for a in addresses if not ipaddress.ip_address(a).is_loopback]
    urls = [f"https://{f'[{a}]' if ':' in a else a}:{port}" for a in reached]
    pairs = certificate.fingerprint()
    shown = ":".join(pairs[i : i + 2] for i in range(0, len(pairs), 2))
    return f"""
On a phone in the same network: {"  ".join(urls) or "(this machine has no address but its own)"}
It warns, since nobody vouches for this machine. To trust it, bring the file
    {certificate.certificate}
to the phone (by cable or mail; never the key beside it), and then
    Android: Settings > Security > More > Install a certificate > CA certificate
    iPhone:  open the file, Settings > Profile downloaded > Install,
             then General > About > Certificate Trust Settings, and switch it on
Compare before you trust. SHA-256: {shown}
Remove it from the phone when you are done.
"""
