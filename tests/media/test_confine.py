"""A process that shut itself in cannot do what somebody would want who got hold of it."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

TRY = """
import ctypes, json, os, signal, socket, sys, threading
from pathlib import Path
from media.child import SYSTEM
from media.confine import Limits, shut_in

folder, secret, parent = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
become = Path("/bin/true").resolve() if sys.argv[4] == "become" else None
fences = shut_in(folder, SYSTEM, Limits(memory_bytes=256 * 2**20, file_bytes=100_000, files=20), may_become=become)
done = {}

def attempt(name, deed):
    try:
        deed()
    except BaseException as error:
        done[name] = type(error).__name__
    else:
        done[name] = "done"

def thread():
    other = threading.Thread(target=lambda: None)
    other.start()
    other.join()

libc = ctypes.CDLL(None, use_errno=True)

def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")

attempt("own file", lambda: (folder / "mine").write_bytes(b"x"))
attempt("thread", thread)
attempt("internet", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
attempt("datagram", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
attempt("local socket", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
attempt("pair", socket.socketpair)
attempt("read a secret", lambda: Path(secret).read_bytes())
attempt("read accounts", lambda: Path("/etc/passwd").read_bytes())
attempt("list the root", lambda: os.listdir("/"))
attempt("write elsewhere", lambda: Path(secret).with_name("new").write_bytes(b"x"))
attempt("look at others", lambda: Path(f"/proc/{parent}/environ").read_bytes())
attempt("fork", os.fork)
attempt("start", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("signal", lambda: os.kill(parent, 0))
attempt("trace", lambda: call(101, 16, parent, 0, 0))
attempt("new space", lambda: os.unshare(0x10000000) if hasattr(os, "unshare") else call(272, 0x10000000))
attempt("memory", lambda: bytearray(300 * 2**20))
attempt("large file", lambda: (folder / "large").write_bytes(b"x" * 200_000))
attempt("many files", lambda: [os.open(folder / "mine", os.O_RDONLY) for _ in range(30)])
attempt("more memory", lambda: __import__("resource").setrlimit(9, (2**40, 2**40)))
done["fences"] = [fences.seccomp, fences.landlock]
os.write(1, json.dumps(done).encode())
if become is None:
    attempt("become", lambda: os.execv("/bin/true", ["true"]))
    os.write(1, json.dumps(done).encode())
else:
    os.execv(become, ["true"])
"""


def tried(tmp_path: Path, how: str) -> tuple[dict[str, object], int, bytes]:
    folder = tmp_path / "own"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("key")
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(TRY), str(folder), str(secret), str(os.getpid()), how],
        env={"PYTHONPATH": str(CHECKOUT), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
        timeout=60,
    )
    found, end = json.JSONDecoder().raw_decode(done.stdout.decode())
    return found, done.returncode, done.stdout.decode()[end:].encode() + done.stderr


@pytest.mark.skipif(
    os.uname().machine != "x86_64", reason="the numbers of system calls in it are those of x86_64"
)
def test_whoever_gets_hold_of_it_is_shut_in(tmp_path: Path) -> None:
    found, _, rest = tried(tmp_path, "stay")

    assert found.pop("fences") == [True, True]
    assert {name for name, came in found.items() if came == "done"} == {"own file", "thread"}
    assert json.loads(rest)["become"] == "PermissionError"
    assert found["memory"] == "MemoryError"
    assert found["large file"] == "OSError"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="as above")
def test_it_may_become_the_one_program_that_it_is_for(tmp_path: Path) -> None:
    found, code, _ = tried(tmp_path, "become")

    assert code == 0
    assert {name for name, came in found.items() if came == "done"} == {"own file", "thread"}
