"""The book is shown on this machine alone, and a port that is taken is said before anything is built."""

import ipaddress
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from book.serve import HOST, Server, main, serve

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken() -> int:
    """A port on which something listens."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_in_use_is_a_sentence(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", f"--port={taken}"]) == 1
    assert f"Another program uses port {taken}" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["", "0", "-1", "65536", "eighty", "80.5"])
def test_a_port_that_is_none_is_a_sentence(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", f"--port={port}"]) == 1
    assert f"PORT={port} cannot be used: give a whole number" in capsys.readouterr().err


def test_make_looks_at_the_port_before_it_builds(taken: int, tmp_path: Path) -> None:
    """The commands in make's order: where the first fails, the second never runs."""
    (tmp_path / ".venv").mkdir()
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv" / ".installed").touch()
    told = subprocess.run(
        ["make", "--dry-run", "serve", f"PORT={taken}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    commands = [line for line in told.stdout.splitlines() if "-m book." in line]
    assert ["--check" in commands[0], "book.build" in commands[1], "book.serve" in commands[2]] == [True] * 3


def test_the_address_it_binds_is_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of the socket, whatever name this machine has."""
    bound: list[str] = []

    def look(server: Server) -> None:
        bound.append(server.socket.getsockname()[0])

    monkeypatch.setattr(Server, "serve_forever", look)
    serve(tmp_path, 0)
    (address,) = bound
    assert ipaddress.ip_address(address).is_loopback


def test_it_answers_on_loopback_and_ends_without_a_traceback(tmp_path: Path) -> None:
    pages = tmp_path / "_build" / "html"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("a book")
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    code = (
        "import sys; from pathlib import Path; from book import serve; "
        f"serve.ROOT = Path({str(tmp_path)!r}); sys.exit(serve.main(['--port={port}']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "http://localhost" in process.stdout.readline()
        assert urllib.request.urlopen(f"http://{HOST}:{port}/").read() == b"a book"
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)} - {
            HOST,
            "::1",
            "127.0.1.1",
        }
        for address in others:
            with pytest.raises(OSError, match=r".*"):
                socket.create_connection((address, port), timeout=1)
        time.sleep(0.2)
        process.send_signal(2)
        _, error = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Traceback" not in error
