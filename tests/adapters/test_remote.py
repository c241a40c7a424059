"""Places where results are shared: folders, S3 and SSH, each by a real server."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etude.adapters.remote import FolderRemote, FsspecRemote, Remote, RemoteError, open_remote


@pytest.fixture(params=["path", "file", "memory", "s3", "ssh"])
def remote(request, tmp_path) -> Remote:
    """A place without objects."""
    match request.param:
        case "path":
            address = "shared/book"
        case "file":
            address = (tmp_path / "shared book").as_uri()
        case "memory":
            address = f"memory://{tmp_path.name}/book"
        case "s3":
            request.getfixturevalue("s3")
            address = f"s3://books/{tmp_path.name}/book"
        case _:
            address = f"{request.getfixturevalue('ssh')}/{tmp_path.name}/book"
    return open_remote(address, tmp_path)


def test_objects(remote):
    assert {} == remote.names("runs")
    assert None is remote.read("runs/a.gz")
    remote.write("runs/a.gz", b"one")
    remote.write("files/b.png", bytes(range(256)) * 5000)
    assert {"a.gz": 3} == remote.names("runs")
    assert {"b.png": 1_280_000} == remote.names("files")
    assert b"one" == remote.read("runs/a.gz")
    assert bytes(range(256)) * 5000 == remote.read("files/b.png")
    assert None is remote.read("runs/b.gz")


def test_an_object_is_replaced(remote):
    remote.write("runs/a", b"a longer one")
    remote.write("runs/a", b"two")
    assert ({"a": 3}, b"two") == (remote.names("runs"), remote.read("runs/a"))


def test_what_others_write_is_seen(remote, tmp_path):
    remote.write("runs/a", b"one")
    assert {"a"} == set(remote.names("runs"))
    if isinstance(remote, FsspecRemote):
        other: Remote = FsspecRemote(remote._address)
    else:
        other = FolderRemote(remote._folder)
    other.write("runs/b", b"two")
    assert {"a", "b"} == set(remote.names("runs"))
    assert b"two" == remote.read("runs/b")


def test_several_at_a_time(remote):
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: remote.write(f"runs/{number}", b"x" * number), range(60)))
        found = list(pool.map(lambda number: remote.read(f"runs/{number}"), range(60)))
    assert [b"x" * number for number in range(60)] == found
    assert {str(number): number for number in range(60)} == remote.names("runs")


def test_no_half_object_is_seen(ssh, tmp_path, monkeypatch):
    remote = open_remote(f"{ssh}/{tmp_path.name}", tmp_path)
    system = remote._system()
    seen = []

    def move(*_: object) -> None:
        seen.append((remote.names("runs"), len(system.find(f"/{tmp_path.name}/runs"))))
        raise OSError("the line is down")

    remote.write("runs/a", b"one")
    monkeypatch.setattr(system, "mv", move)
    with pytest.raises(RemoteError, match="the line is down"):
        remote.write("runs/b", b"two")
    assert [({"a": 3}, 2)] == seen, "written under another name"
    assert 1 == len(system.find(f"/{tmp_path.name}/runs")), "and taken away again"


def test_one_request_for_a_thousand_names(s3, tmp_path):
    remote = open_remote(f"s3://books/{tmp_path.name}", tmp_path)
    s3.fill(f"{tmp_path.name}/runs", map(str, range(1001)))
    s3.requests.clear()
    assert 1001 == len(remote.names("runs"))
    assert ["GET", "GET"] == s3.requests
    s3.requests.clear()
    remote.read("runs/7")
    remote.write("files/7", b"x")
    remote.read("files/7")
    assert ["GET", "PUT", "GET"] == s3.requests


@pytest.mark.parametrize("name", ["", ".hidden"])
def test_what_is_no_object_is_left_out(tmp_path, name):
    remote = open_remote("shared", tmp_path)
    remote.write("runs/a", b"one")
    if name:
        (tmp_path / "shared/runs" / name).write_bytes(b"")
    assert {"a"} == set(remote.names("runs"))


# -- what goes wrong ------------------------------------------------------------------------------


def failure(work) -> tuple[str, str]:
    with pytest.raises(RemoteError) as found:
        work()
    return str(found.value), found.value.hint


def test_without_fsspec(monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.partition(".")[0] == "fsspec"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    message, hint = failure(lambda: open_remote("s3://books/one", tmp_path))
    assert "`s3://books/one` cannot be used: fsspec is not installed" == message
    assert "pip install 'etude[remote]'" in hint
    # Folders need nothing.
    remote = open_remote("here", tmp_path)
    remote.write("runs/a", b"one")
    assert b"one" == (tmp_path / "here/runs/a").read_bytes()


def test_without_what_fsspec_needs(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    message, hint = failure(lambda: open_remote("gs://books/one", tmp_path))
    assert "gcsfs" in message
    assert "gcsfs for gs://" in hint


def test_an_unknown_protocol(tmp_path):
    message, _ = failure(lambda: open_remote("nowhere://books", tmp_path))
    assert "Protocol not known: nowhere" in message


def test_a_bucket_that_is_not_there(s3, tmp_path):
    remote = open_remote("s3://no-such-bucket/book", tmp_path)
    message, hint = failure(lambda: remote.write("runs/a", b"one"))
    assert "`s3://no-such-bucket/book` cannot be used: FileNotFoundError:" in message
    assert hint


def test_a_password_that_is_wrong(ssh, tmp_path, monkeypatch):
    import fsspec  # noqa: PLC0415

    monkeypatch.setitem(fsspec.config.conf, "ssh", {**fsspec.config.conf["ssh"], "password": "no"})
    message, _ = failure(lambda: open_remote(f"{ssh}/other", tmp_path).names("runs"))
    assert "PermissionError: Permission denied" in message


@pytest.mark.skipif(os.name != "posix", reason="needs a file in the way")
def test_a_file_in_the_way(tmp_path):
    (tmp_path / "shared").write_bytes(b"a file")
    remote = open_remote("shared", tmp_path)
    message, _ = failure(lambda: remote.write("runs/a", b"one"))
    assert "a part of the path is a file" in message
    assert "cannot be read" in failure(lambda: remote.names("runs"))[0]
    assert "cannot be read" in failure(lambda: remote.read("runs/a"))[0]


def test_passwords_are_not_told(tmp_path):
    message, _ = failure(lambda: open_remote("nowhere://ada:secret@host/books", tmp_path))
    assert message.startswith("`nowhere://ada:…@host/books` cannot be used")
    assert "secret" not in message


def test_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    open_remote("~/shared", Path("/nowhere")).write("runs/a", b"one")
    assert (tmp_path / "shared/runs/a").is_file()
