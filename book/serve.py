"""Show the book on this machine.

python -m book.serve --port 8000
"""

import argparse
import errno
import socket
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from book.errors import BuildError
from book.pages import INDEX

ROOT = Path(__file__).resolve().parent.parent

#: Only this machine may look.
HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """A thread for each request; many readers who come in the same moment wait in line."""

    #: As many may wait to be taken; the usual five are turned away where a page asks for all it needs.
    request_queue_size = 128


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether the port can be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", default="8000", help="where: http://localhost:PORT")
    parser.add_argument("--check", action="store_true", help="only look whether the port is free")
    options = parser.parse_args(arguments)
    try:
        port = free(options.port)
        if not options.check:
            serve(ROOT / INDEX.parent, port)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def free(text: str) -> int:
    """The port of that number.

    Raises:
        BuildError: if it is none, or not to be had.
    """
    if not (text.strip().isdecimal() and len(text) < 10 and 1 <= int(text) <= 65535):
        raise BuildError(f"PORT={text} cannot be used: give a whole number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BuildError(refused(port, error)) from error
    return port


def refused(port: int, error: OSError) -> str:
    """Why a port cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Another program uses port {port}, so the book cannot go there: make serve PORT={port + 1}"
    return f"Port {port} cannot be used ({error.strerror}): take one above 1024, such as make serve PORT=8000"


def serve(folder: Path, port: int) -> None:
    """Answer until interrupted."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with Server((HOST, port), handler) as server:
        print(f"The book is at http://localhost:{port} (Ctrl-C ends it)", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
