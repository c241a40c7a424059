"""The store: what it keeps, what it survives, and how fast it is."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest

from etude.adapters import store as module
from etude.adapters.disk import WriteError
from etude.adapters.memory import MemoryStore
from etude.adapters.store import SqliteStore
from etude.adapters.store_reader import StoreReader
from etude.adapters.store_salvage import checksum

BIG = b"x" * (module.INLINE + 1)


@pytest.fixture
def store(tmp_path):
    with SqliteStore(tmp_path / "store") as made:
        yield made


@pytest.fixture(params=["disk", "memory"])
def any_store(request, tmp_path):
    made = SqliteStore(tmp_path / "store") if request.param == "disk" else MemoryStore()
    yield made
    made.close()


def test_what_is_put_can_be_got(any_store):
    any_store.put("cell", "a", b"1")
    any_store.put("cell", "b", BIG)
    any_store.put("page", "a", b"")
    assert [
        any_store.get(*place) for place in (("cell", "a"), ("cell", "b"), ("page", "a"), ("page", "b"))
    ] == [b"1", BIG, b"", None]
    assert any_store.keys("cell") == ("a", "b")
    assert any_store.damaged == ()


def test_a_later_value_replaces_an_earlier(any_store):
    any_store.put("cell", "a", BIG)
    any_store.put("cell", "a", b"2")
    assert any_store.get("cell", "a") == b"2"


def test_many_at_once(any_store):
    items = {f"{number:04}": bytes([number % 256]) for number in range(1200)}
    any_store.put_many("cell", items.items())
    assert items == any_store.get_many("cell", [*items, "no"])


def test_prune(any_store):
    any_store.put_many("cell", (("a", b"1"), ("b", b"2"), ("c", BIG)))
    any_store.put("page", "a", b"1")
    assert any_store.prune("cell", {"b"}) == 2
    assert any_store.keys("cell") == ("b",)
    assert any_store.keys("page") == ("a",)


def test_prune_frees_files_after_a_while(store):
    store.put_many("cell", (("a", BIG), ("b", BIG + b"y")))
    store.prune("cell", {"b"})
    files = list(store.folder.rglob("blobs/*/*"))
    assert len(files) == 2
    for path in files:
        os.utime(path, (1, 1))
    store.prune("cell", {"b"})
    assert [path for path in files if path.exists()] == [store._blob_path(checksum("cell", "b", BIG + b"y"))]


def test_it_survives_closing(store):
    store.put("cell", "a", BIG)
    store.close()
    assert store.get("cell", "a") == BIG
    with SqliteStore(store.folder) as other:
        assert other.get("cell", "a") == BIG


# ---- damage


def test_a_damaged_value_is_a_miss_and_is_noted(store):
    store.put("cell", "a", b"good")
    store.close()
    with sqlite3.connect(store.index) as base:
        base.execute("UPDATE entry SET value = ?", (b"evil",))
    base.close()
    assert store.get("cell", "a") is None
    assert store.damaged == ("a",)
    store.put("cell", "a", b"new")
    assert store.get("cell", "a") == b"new"


@pytest.mark.parametrize("harm", ["cut", "other", "gone"])
def test_a_damaged_file_is_a_miss_and_is_noted(store, harm):
    store.put("cell", "a", BIG)
    (path,) = store.folder.rglob("blobs/*/*")
    match harm:
        case "cut":
            path.write_bytes(BIG[:100])
        case "other":
            path.write_bytes(b"y" * len(BIG))
        case _:
            path.unlink()
    assert store.get("cell", "a") is None
    assert store.damaged == ("a",)
    store.put("cell", "a", BIG)
    assert store.get("cell", "a") == BIG


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_put_aside(store, content):
    store.put("cell", "a", b"1")
    store.close()
    store.index.write_bytes(content)
    with SqliteStore(store.folder) as other:
        assert other.get("cell", "a") is None
        other.put("cell", "a", b"2")
        assert other.get("cell", "a") == b"2"
        assert other.damaged == (("index",) if content else ())
    assert store.index.with_name(store.index.name + ".damaged").exists() == bool(content)


def test_an_index_that_is_damaged_in_use_is_put_aside(store):
    store.put_many("cell", ((f"{n}", b"x" * 2000) for n in range(200)))
    store.close()
    data = bytearray(store.index.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    store.index.write_bytes(data)
    with SqliteStore(store.folder) as other:
        assert other.get_many("cell", [str(n) for n in range(200)]) == {}
        other.put("cell", "1", b"2")
        assert other.get("cell", "1") == b"2"
        assert "index" in other.damaged


KINDS = ("record", "way")


def read(folder, names):
    """What a store has of some entries, and what it found damaged."""
    with SqliteStore(folder) as store:
        out = {}
        for kind in KINDS:
            asked = store.get_many(kind, [key for of, key in names if of == kind])
            out |= {(kind, key): value for key, value in asked.items()}
        return out, store.damaged


def test_what_is_good_in_a_damaged_index_is_kept(store):
    rng = random.Random(1)
    names = [(KINDS[n % 2], rng.randbytes(16).hex()) for n in range(120)]
    entries = {name: rng.randbytes(rng.choice([50, 300, 2000])) for name in names}
    for name, value in entries.items():
        store.put(*name, value)
    store.close()
    good = store.index.read_bytes()
    kept = []
    for _ in range(40):
        data = bytearray(good)
        for _ in range(rng.choice([1, 1, 3, 30])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        store.index.write_bytes(data)
        found, damaged = read(store.folder, names)
        assert all(entries[name] == value for name, value in found.items())
        kept.append(len(found) / len(entries))
        # What is put again stays, wherever the damage was.
        with SqliteStore(store.folder) as other:
            for name in entries.keys() - found.keys():
                other.put(*name, entries[name])
        if damaged:
            assert (entries, ()) == read(store.folder, names)
    assert sum(kept) / len(kept) > 0.9


def test_all_who_have_the_index_open_go_on_with_the_new_one(store):
    store.put("cell", "a", b"good")
    store.put("cell", "b", b"good")
    with SqliteStore(store.folder) as other:
        assert other.get("cell", "b") == b"good"
        with closing(sqlite3.connect(store.index)) as base, base:
            base.execute("UPDATE entry SET value = ? WHERE key = ?", (b"evil", "a"))
        assert store.get_many("cell", ["a", "b"]) == {"b": b"good"}
        other.put("cell", "a", b"new")
        assert store.get("cell", "a") == b"new"
        assert other.get_many("cell", ["a", "b"]) == {"a": b"new", "b": b"good"}
        assert other.damaged == ()


def harm(store, *names):
    with closing(sqlite3.connect(store.index)) as base, base:
        for name in names:
            base.execute("UPDATE entry SET value = ? WHERE key = ?", (b"evil", name))


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("name", "harmful"), [("INSERT", "INSERT INTO nowhere VALUES (?, ?, ?, ?)"), ("_is_good", interrupted)]
)
def test_an_index_that_cannot_be_made_anew_stays(store, name, harmful, monkeypatch):
    store.put_many("cell", ((f"{n}", b"x" * 500) for n in range(500)))
    harm(store, "7")
    with monkeypatch.context() as patch:
        patch.setattr(f"etude.adapters.store_salvage.{name}", harmful)
        with suppress(KeyboardInterrupt):
            assert len(store.get_many("cell", [str(n) for n in range(500)])) == 499
    store.close()
    assert len(store.get_many("cell", [str(n) for n in range(500)])) == 499
    assert "7" in store.damaged


def test_an_index_whose_place_is_taken_stays(store):
    store.put_many("cell", [("a", b"1"), ("b", b"2")])
    store.index.with_name(store.index.name + ".damaged").mkdir()
    harm(store, "a")
    assert store.get_many("cell", ["a", "b"]) == {"b": b"2"}


def test_a_checksum_that_is_none_is_damage(store):
    store.put_many("cell", [("a", b"1"), ("b", BIG)])
    with closing(sqlite3.connect(store.index)) as base, base:
        base.execute("UPDATE entry SET sum = 'text'")
    assert store.get_many("cell", ["a", "b"]) == {}
    assert store.prune("cell", {"a"}) == 0
    store.put("cell", "b", BIG)
    assert store.get("cell", "b") == BIG


@pytest.mark.parametrize("place", [0, 18, 19, 47])
def test_a_damaged_header_is_damage(store, place):
    store.put("cell", "a", b"1")
    store.close()
    data = bytearray(store.index.read_bytes())
    data[place] ^= 0x40
    store.index.write_bytes(data)
    with SqliteStore(store.folder) as other:
        other.put("cell", "a", b"2")
        assert other.get("cell", "a") == b"2"
        assert other.damaged == ("index",)


def meet(folder):
    with SqliteStore(folder) as store:
        found = store.get_many("cell", [str(n) for n in range(1000)])
        return len(found)


def test_several_processes_that_meet_the_same_damage_lose_nothing(store):
    for _ in range(4):
        store.put_many("cell", ((f"{n}", b"x" * 300) for n in range(1000)))
        harm(store, "1", "500")
        with multiprocessing.get_context("spawn").Pool(3) as pool:
            assert set(pool.map(meet, [store.folder] * 6)) <= {998}
        assert meet(store.folder) == 998


def test_one_who_only_reads_leaves_a_damaged_entry(store):
    store.put("cell", "a", b"good")
    store.put("cell", "b", b"good")
    store.close()
    with sqlite3.connect(store.index) as base:
        base.execute("UPDATE entry SET value = ? WHERE key = ?", (b"evil", "a"))
    base.close()
    with StoreReader(store.folder) as reader:
        assert reader.get_many("cell", ["a", "b"]) == {"b": b"good"}
        assert reader.damaged == ("a",)


def test_a_new_schema_starts_fresh(store, monkeypatch):
    store.put("cell", "a", b"1")
    monkeypatch.setattr(module, "SCHEMA", 99)
    with SqliteStore(store.folder) as other:
        assert other.get("cell", "a") is None
    assert store.get("cell", "a") == b"1"


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError):
        SqliteStore(tmp_path / "file" / "store")


# ---- several at a time


def test_threads(store):
    def work(number):
        for n in range(40):
            store.put("cell", f"{number}-{n}", b"%d" % n)
            store.get("cell", f"{number}-{n}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.keys("cell")) == 160


WRITER = """
import sys
from pathlib import Path
from etude.adapters.store import SqliteStore
from etude.adapters.store_reader import StoreReader
from etude.adapters.store_salvage import checksum
store = SqliteStore(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while sys.argv[3] == "0" or number < int(sys.argv[3]):
    size = (number * 7919) % 90_000
    store.put("cell", f"{sys.argv[2]}-{number}", number.to_bytes(4, "big") * (1 + size // 4))
    number += 1
    if number % 10 == 0:
        print(number, flush=True)
store.close()
"""


def writer(folder, name, count=0):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_two_processes(store):
    made = [writer(store.folder, name, 40) for name in "ab"]
    assert [process.wait(60) for process in made] == [0, 0]
    for process in made:
        process.stdout.close()
    found = store.get_many("cell", [f"{name}-{n}" for name in "ab" for n in range(40)])
    assert len(found) == 80
    assert all(value[:4] == int(key[2:]).to_bytes(4, "big") for key, value in found.items())
    assert store.damaged == ()


def test_a_fork_gets_a_connection_of_its_own(store):
    store.put("cell", "a", b"1")
    child = multiprocessing.get_context("fork").Process(target=store.put, args=("cell", "b", BIG))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert store.get_many("cell", ["a", "b"]) == {"a": b"1", "b": BIG}


def test_killed_at_any_point_it_opens_and_what_it_had_is_right(store):
    chance = random.Random(7)
    for attempt in range(8):
        process = writer(store.folder, str(attempt))
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.12))
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        with SqliteStore(store.folder) as other:
            mine = [key for key in other.keys("cell") if key.startswith(f"{attempt}-")]
            found = other.get_many("cell", mine)
            assert len(found) >= max(told, default=0)
            assert len(found) == len(mine)
            assert all(value[:4] == int(key.split("-")[1]).to_bytes(4, "big") for key, value in found.items())
            assert other.damaged == ()


# ---- speed


def test_opening_and_300_gets_are_fast(store):
    store.put_many("cell", ((f"{n:032}", os.urandom(2000)) for n in range(300)))
    store.close()
    best = 1.0
    for _ in range(5):
        # The processor's time, as others may use the machine.
        started = time.process_time()
        with SqliteStore(store.folder) as other:
            for n in range(300):
                other.get("cell", f"{n:032}")
            best = min(best, time.process_time() - started)
    assert best < 0.03
