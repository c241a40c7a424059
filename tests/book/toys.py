"""A made-up data set, a web site that holds it, and places to put it."""

import gzip
import hashlib
import http.server
import lzma
import sys
from dataclasses import dataclass, field
from pathlib import Path

from data._dataset import About, DataSet, File

CONTENTS = {"images": b"picture" * 5000, "labels": b"label" * 5000}


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


TOY = DataSet(
    name="toy",
    files=tuple(File(name, sha256(c)) for name, c in CONTENTS.items()),
)


ABOUT = About("Toys", "toys", "Toys", "玩具", "2 toys", "0BSD", "https://toys.test", "nobody")


@dataclass
class Site:
    """A web site: what it holds, what it was asked for, and its faults."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    truncated: bool = False


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers from the files of a site, and keeps what was asked."""

    def __init__(self, site: Site, *arguments: object) -> None:
        self.site = site
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file, or half of it under the length of the whole."""
        self.site.asked.append(self.path)
        contents = self.site.files.get(self.path)
        if contents is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(contents)))
        self.end_headers()
        if self.site.truncated:
            contents = contents[: len(contents) // 2]
        self.wfile.write(contents)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def fill(folder: Path, contents: dict[str, bytes] = CONTENTS) -> None:
    folder.mkdir(parents=True)
    for name, value in contents.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(value))


def pack(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, value in contents.items():
        (folder / f"{name}.xz").write_bytes(lzma.compress(value))


def tool(tmp_path: Path, name: str, script: str) -> None:
    """Put a program of this name, and nothing else, on the path."""
    path = tmp_path / "tools" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
    path.chmod(0o755)
