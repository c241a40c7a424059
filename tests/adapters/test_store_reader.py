"""Reading a store without changing it."""

from __future__ import annotations

from etude.adapters import store as module
from etude.adapters.store import SqliteStore
from etude.adapters.store_reader import LayeredReader, StoreReader

BIG = b"x" * (module.INLINE + 1)


def content(folder):
    """Every file that holds something; SQLite makes files for sharing beside the index."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_what_is_there_can_be_read_and_not_changed(tmp_path):
    with SqliteStore(tmp_path / "store") as made:
        made.put("cell", "a", b"1")
        made.put("cell", "b", BIG)
    before = content(tmp_path)
    with StoreReader(tmp_path / "store") as reader:
        assert reader.get_many("cell", ["a", "b", "c"]) == {"a": b"1", "b": BIG}
        assert reader.get("cell", "a") == b"1"
        assert reader.keys("cell") == ("a", "b")
        reader.put("cell", "a", b"2")
        reader.put_many("cell", [("c", b"3")])
        assert reader.get("cell", "a") == b"1"
        assert reader.damaged == ()
    assert content(tmp_path) == before


def test_a_build_may_go_on_meanwhile(tmp_path):
    with SqliteStore(tmp_path / "store") as made, StoreReader(tmp_path / "store") as reader:
        made.put("cell", "a", b"1")
        assert reader.get("cell", "a") == b"1"
        made.put("cell", "a", b"2")
        assert reader.get("cell", "a") == b"2"


def test_where_there_is_no_store_none_is_made(tmp_path):
    with StoreReader(tmp_path / "store") as reader:
        assert reader.get_many("cell", ["a"]) == {}
        assert reader.keys("cell") == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_laid_over_a_store_comes_first_and_stays_apart(tmp_path):
    with SqliteStore(tmp_path / "store") as made:
        made.put_many("cell", [("a", b"1"), ("b", b"2")])
    before = content(tmp_path / "store")
    with SqliteStore(tmp_path / "above") as above, LayeredReader(tmp_path / "store", above) as reader:
        reader.put("cell", "b", b"3")
        reader.put_many("cell", [("c", b"4"), ("d", BIG)])
        assert reader.get_many("cell", ["a", "b", "c", "d", "e"]) == {
            "a": b"1",
            "b": b"3",
            "c": b"4",
            "d": BIG,
        }
        assert reader.get("cell", "b") == b"3"
        assert reader.keys("cell") == ("a", "b", "c", "d")
    assert content(tmp_path / "store") == before


def test_a_damaged_index_stays_where_it_is(tmp_path):
    with SqliteStore(tmp_path / "store") as made:
        made.put("cell", "a", b"1")
        index = made.index
    index.write_bytes(b"no database" * 1000)
    before = content(tmp_path)
    with StoreReader(tmp_path / "store") as reader:
        assert reader.get_many("cell", ["a"]) == {}
        assert reader.damaged == ("index",)
    assert content(tmp_path) == before
