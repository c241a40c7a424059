"""Sessions: what browsers and the terminal are told of edits, problems and running cells."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from etude.adapters.web import Answer
from etude.build import BuildOptions, ServeOptions, build
from etude.build.live.events import Files, Joined, Left, Said
from etude.build.live.served import Served
from etude.build.live.session import Live
from etude.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from conftest import Manuscript

pytestmark = pytest.mark.kernel


@dataclass
class Desk:
    """A session with browsers and an author that note what they are told."""

    root: Path
    live: Live = field(init=False)
    sent: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    said: list[tuple[Any, ...]] = field(default_factory=list)

    def begin(self, **options: Any) -> Desk:
        self.live = Live(self.root, ServeOptions(**options), self, self)
        self.live.start()
        return self

    def join(self, client: int, target: str) -> None:
        self.live.tell(Joined(client, target, ""))
        self.until(lambda: any(m["kind"] == "page" for m in self.sent.get(client, [])))

    def say(self, client: int, **what: Any) -> None:
        self.live.tell(Said(client, what))

    def save(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, "utf-8")
        self.live.tell(Files(frozenset((path,))))

    def last(self, client: int, kind: str) -> dict[str, Any]:
        return next(m for m in reversed(self.sent[client]) if m["kind"] == kind)

    def until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, (self.said, {k: v[-8:] for k, v in self.sent.items()})
            self.live.step(0.05)

    # what the session tells

    def send(self, client: int, message: dict[str, Any]) -> None:
        self.sent.setdefault(client, []).append(message)

    def changed(self, paths: Collection[str], pages: int, _seconds: float) -> None:
        self.said.append(("changed", tuple(sorted(paths)), pages))

    def ran(self, cells: int, _seconds: float) -> None:
        self.said.append(("ran", cells))

    def printed(self, files: Collection[str], _seconds: float) -> None:
        self.said.append(("printed", tuple(files)))

    def problems(self, fresh: tuple[Diagnostic, ...], left: int) -> None:
        self.said.append(("problems", tuple(sorted(d.rule.value for d in fresh)), left))

    def watch(self, folders: Collection[str]) -> None:
        self.said.append(("watch", tuple(sorted(folders))))

    def open(self, path: Path, line: int, column: int) -> None:
        self.said.append(("open", path.relative_to(self.root).as_posix(), line, column))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.live.close()


CODE = "# A\n\nWords.\n\n" + "".join(
    f"```{{code-cell}} python\n{code}\n```\n\n" for code in ("a = 2", "print(a)", "print('end', a * 0)")
)


def write_code(root: Path) -> None:
    (root / "en").mkdir()
    (root / "etude.toml").write_text('[book]\ntitle = "T"\nlanguages = ["en"]\n[[part]]\nchapters = ["a"]\n')
    (root / "en" / "index.md").write_text("# Home\n")
    (root / "en" / "a.md").write_text(CODE)


def test_pages_and_problems_follow_edits(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/apple.html")
    desk.join(2, "zh/birch.html")
    good = manuscript.files["en/apple.md"]
    desk.save("en/apple.md", good + "\n\n{eq}`nothing`\n")
    desk.until(lambda: any(p["rule"] == "reference-broken" for p in desk.last(1, "problems")["list"]))
    assert "data-at" in desk.last(1, "page")["html"]
    assert ("changed", ("en/apple.md",), 1) in desk.said
    assert desk.last(2, "go") == {"kind": "go", "page": "en/apple.html"}
    (problem,) = desk.last(1, "problems")["list"]
    assert (problem["page"], problem["path"], problem["line"]) == (
        "en/apple.html",
        "en/apple.md",
        good.count("\n") + 3,
    )
    assert ("problems", ("reference-broken",), 1) in desk.said
    desk.save("en/apple.md", good)
    desk.until(lambda: not desk.last(1, "problems")["list"])
    assert ("problems", (), 0) in desk.said


def test_a_book_that_cannot_be_read_is_waited_for(desk: Desk, manuscript: Manuscript) -> None:
    good = manuscript.files["etude.toml"]
    manuscript.files["etude.toml"] = "[book\n"
    manuscript.write(desk.root)
    desk.begin(policy="off")
    first = Served(desk.live).answer("")
    assert first is not None
    assert b"etude-empty" in bytes(first.content)  # type: ignore[arg-type]
    desk.live.tell(Joined(1, "", ""))
    desk.until(lambda: bool(desk.sent.get(1)) and bool(desk.last(1, "problems")["list"]))
    desk.save("etude.toml", good)
    desk.until(lambda: any(m["kind"] == "reload" for m in desk.sent[1]))
    page = Served(desk.live).answer("en/apple.html")
    assert page is not None
    assert b"Apple" in bytes(page.content)  # type: ignore[arg-type]


def test_a_page_that_is_removed_is_gone_and_comes_back(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/birch.html")
    (desk.root / "en" / "birch.md").unlink()
    desk.live.tell(Files(frozenset(("en/birch.md",))))
    desk.until(lambda: desk.sent[1][-1]["kind"] == "gone" or any(m["kind"] == "gone" for m in desk.sent[1]))
    desk.save("en/birch.md", manuscript.files["en/birch.md"])
    desk.until(
        lambda: desk.last(1, "page") is not desk.sent[1][0] and "Birch" in desk.last(1, "page")["html"]
    )


def test_only_what_an_edit_reaches_runs(desk: Desk) -> None:
    write_code(desk.root)
    desk.begin()
    desk.join(1, "en/a.html")
    desk.until(lambda: ("ran", 3) in desk.said)
    assert "end 0" in desk.last(1, "page")["html"]
    # The last cell prints the same whatever `a` is, and nothing it reads is another one: but `a` itself is.
    desk.save("en/a.md", CODE.replace("print(a)", "print(a, 'more')"))
    desk.until(lambda: "2 more" in desk.last(1, "page")["html"] and desk.last(1, "state")["running"] is False)
    desk.said.clear()
    desk.save("en/a.md", CODE.replace("print(a)", "print(a, 'more')").replace("Words", "Other words"))
    desk.until(lambda: "Other words" in desk.last(1, "page")["html"])
    desk.until(lambda: desk.live.written.settled > 1)
    assert [what for what, *_ in desk.said if what != "watch"] == ["changed"]


def test_outputs_come_while_a_cell_runs_and_it_can_be_interrupted(desk: Desk) -> None:
    write_code(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/a.html")
    endless = "import time\nprint('begun', flush=True)\ntime.sleep(600)"
    desk.save("en/a.md", CODE.replace("print(a)", endless))
    desk.until(lambda: desk.last(1, "cells")["stale"] == 1)
    desk.say(1, do="pause", on=False)
    desk.until(
        lambda: "begun</pre>" in desk.last(1, "page")["html"] or "begun\n" in desk.last(1, "page")["html"]
    )
    assert ["", 1, "running"] in desk.last(1, "cells")["cells"]
    desk.say(1, do="interrupt")
    desk.until(lambda: "KeyboardInterrupt" in desk.last(1, "page")["html"])
    desk.until(lambda: desk.last(1, "state")["running"] is False)
    desk.until(lambda: [p["rule"] for p in desk.last(1, "problems")["list"]] == ["cell-error"])
    desk.save("en/a.md", CODE)
    desk.until(lambda: "end 0" in desk.last(1, "page")["html"])
    desk.until(lambda: desk.last(1, "problems")["list"] == [])


def test_an_edit_above_what_runs_begins_anew(desk: Desk) -> None:
    write_code(desk.root)
    desk.begin()
    desk.join(1, "en/a.html")
    desk.until(lambda: ("ran", 3) in desk.said)
    endless = "import time\ntime.sleep(600)"
    desk.save("en/a.md", CODE.replace("print(a)", endless))
    desk.until(lambda: ["", 1, "running"] in desk.last(1, "cells")["cells"])
    desk.save("en/a.md", CODE.replace("a = 2", "a = 7"))
    desk.until(lambda: ">7</pre>" in desk.last(1, "page")["html"])


def test_one_cell_runs_when_it_is_asked_for(desk: Desk) -> None:
    write_code(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/a.html")
    desk.say(1, do="run", cell=1)
    desk.until(lambda: ("ran", 2) in desk.said)
    shown = desk.last(1, "page")["html"]
    assert ">2</pre>" in shown
    assert "end 0" not in shown
    desk.say(1, do="run", cell=1)  # it is there: it runs anew
    desk.until(lambda: desk.said.count(("ran", 2)) == 2)
    desk.say(1, do="run")
    desk.until(lambda: "end 0" in desk.last(1, "page")["html"])


def test_the_editor_opens_where_a_reader_points(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/apple.html")
    at = manuscript.files["en/apple.md"].index("## Rings")
    desk.say(1, do="open", at=at)
    desk.say(1, do="open", path="en/birch.md", line=3, column=2)
    desk.say(1, do="open", path="../../etc/passwd", line=1, column=1)
    desk.say(1, do="nothing that is known")
    desk.until(lambda: len([one for one in desk.said if one[0] == "open"]) == 2)
    line = manuscript.files["en/apple.md"][:at].count("\n") + 1
    assert [one for one in desk.said if one[0] == "open"] == [
        ("open", "en/apple.md", line, 1),
        ("open", "en/birch.md", 3, 2),
    ]
    desk.live.tell(Left(1))
    desk.save("en/apple.md", "# Apple\n")
    desk.until(lambda: ("changed", ("en/apple.md",), 0) in desk.said)


def test_the_site_on_the_disk_is_that_of_a_build(
    desk: Desk, manuscript: Manuscript, tmp_path_factory: Any
) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off")
    chance = random.Random(1)
    for _ in range(12):
        manuscript.edit(chance)
        desk.live.tell(Files(manuscript.write(desk.root)))
        desk.live.step(0.01)
    before = desk.live.written.settled
    desk.until(lambda: desk.live.written.settled > before and not desk.live.busy)
    nothing = tmp_path_factory.mktemp("nothing")
    manuscript.write(nothing)
    build(nothing, BuildOptions(to=("html",), policy="off", jobs=1))
    assert site(nothing) == site(desk.root)


def site(root: Path) -> dict[str, bytes]:
    folder = root / "_build" / "html"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def two_pages(root: Path) -> None:
    write_code(root)
    (root / "etude.toml").write_text(
        '[book]\ntitle = "T"\nlanguages = ["en"]\n[[part]]\nchapters = ["a", "b"]\n'
        '[execute]\npolicy = "off"\n'
    )
    slow = "```{code-cell} python\nimport time\ntime.sleep(600)\n```\n"
    (root / "en" / "a.md").write_text(f"# A\n\n{slow}")
    (root / "en" / "b.md").write_text("# B\n\n```{code-cell} python\nprint('b')\n```\n")


def test_a_book_that_runs_nothing_runs_what_is_asked_for(desk: Desk) -> None:
    two_pages(desk.root)
    (desk.root / "en" / "a.md").write_text("# A\n")
    desk.begin()
    desk.join(1, "en/b.html")
    assert desk.last(1, "state")["paused"]
    desk.say(1, do="run")
    desk.until(lambda: ">b</pre>" in desk.last(1, "page")["html"])


def test_a_pause_ends_the_round_and_what_was_stopped_is_tried_again(desk: Desk) -> None:
    two_pages(desk.root)
    desk.begin(policy="auto", jobs=1)
    desk.join(1, "en/a.html")
    desk.until(lambda: ["", 0, "running"] in desk.last(1, "cells")["cells"])
    desk.say(1, do="pause", on=True)
    desk.until(lambda: not desk.last(1, "state")["running"])
    assert desk.last(1, "state")["paused"]
    desk.join(2, "en/b.html")
    assert ">b</pre>" not in desk.last(2, "page")["html"]
    (desk.root / "en" / "a.md").write_text("# A\n\n```{code-cell} python\nprint('a')\n```\n")
    desk.live.tell(Files(frozenset(("en/a.md",))))
    desk.say(2, do="pause", on=False)
    desk.until(lambda: ">b</pre>" in desk.last(2, "page")["html"])
    desk.until(lambda: ">a</pre>" in desk.last(1, "page")["html"])


def test_an_interrupted_cell_runs_again_when_all_is_asked_for(desk: Desk) -> None:
    write_code(desk.root)
    flag = desk.root.parent / "flag"
    wait = f"import os, time\nwhile not os.path.exists({str(flag)!r}): time.sleep(0.01)\nprint('there')"
    (desk.root / "en" / "a.md").write_text(f"# A\n\n```{{code-cell}} python\n{wait}\n```\n")
    desk.begin()
    desk.join(1, "en/a.html")
    desk.until(lambda: ["", 0, "running"] in desk.last(1, "cells")["cells"])
    desk.say(1, do="interrupt")
    desk.until(lambda: "KeyboardInterrupt" in desk.last(1, "page")["html"])
    desk.until(lambda: not desk.last(1, "state")["running"])
    flag.touch()
    desk.say(1, do="run")
    desk.until(lambda: ">there</pre>" in desk.last(1, "page")["html"])


def test_a_process_that_writes_no_more_is_told_of_and_replaced(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off")
    desk.join(1, "en/apple.html")
    desk.live.written.start()
    desk.live.written._settler._process.kill()
    desk.until(lambda: any("internal" in one[1] for one in desk.said if one[0] == "problems"))
    desk.save("en/apple.md", "# Apple\n\nWritten after all.\n")
    written = desk.root / "_build" / "html" / "en" / "apple.html"
    desk.until(lambda: "Written after all." in written.read_text("utf-8"))


def printed(desk: Desk) -> list[str]:
    return [file for what, *rest in desk.said if what == "printed" for file in rest[0]]


def letters(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def test_printed_books_follow_edits(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off", to=("pdf",))
    desk.until(lambda: ["pdf/en.pdf", "pdf/zh.pdf"] == printed(desk))
    served = Served(desk.live)
    shown = served.answer("pdf/en")
    assert shown is not None
    assert b'<iframe src="/pdf/en.pdf"' in bytes(shown.content)  # type: ignore[arg-type]
    assert Answer(desk.root / "_build" / "pdf" / "en.pdf") == served.answer("pdf/en.pdf")
    assert 404 == getattr(served.answer("pdf/fr.pdf"), "status", 0)
    desk.live.tell(Joined(1, "pdf/en", ""))
    desk.save("en/apple.md", manuscript.files["en/apple.md"] + "\n\nRussetting.\n")
    desk.until(lambda: ["pdf/en.pdf", "pdf/zh.pdf", "pdf/en.pdf"] == printed(desk))
    assert "Russetting" in letters(desk.root / "_build" / "pdf" / "en.pdf")
    told = next(m for m in reversed(desk.sent[1]) if m["kind"] == "files")
    assert ("pdf/en.pdf",) == told["paths"]
    pages = PdfReader(desk.root / "_build" / "pdf" / "en.pdf").pages
    assert "Russetting" in pages[told["leaves"]["pdf/en.pdf"] - 1].extract_text()
    assert "go" not in {message["kind"] for message in desk.sent[1]}  # who reads in print stays there


def test_what_cannot_be_printed_is_told_until_it_is_mended(desk: Desk, manuscript: Manuscript) -> None:
    good = manuscript.files["en/apple.md"]
    manuscript.files["en/apple.md"] = good + "\n\n```{raw} typst\n#nothing-of-that-name\n```\n"
    manuscript.write(desk.root)
    desk.begin(policy="off", to=("pdf",))
    desk.live.tell(Joined(1, "pdf/en", ""))
    desk.until(lambda: 1 in desk.sent)
    desk.until(lambda: any(p["rule"] == "pdf-failed" for p in desk.last(1, "problems")["list"]))
    desk.save("en/apple.md", good)
    desk.until(lambda: "pdf/en.pdf" in printed(desk))
    desk.until(lambda: not any(p["rule"] == "pdf-failed" for p in desk.last(1, "problems")["list"]))


def test_the_newest_of_many_edits_is_printed(desk: Desk, manuscript: Manuscript) -> None:
    manuscript.write(desk.root)
    desk.begin(policy="off", to=("pdf",), languages=("en",))
    desk.until(lambda: bool(printed(desk)))
    for number in range(40):
        desk.save("en/apple.md", f"{manuscript.files['en/apple.md']}\n\nState{number}.\n")
        desk.live.step(0.05)
    desk.until(lambda: not desk.live.busy)
    assert "State39." in letters(desk.root / "_build" / "pdf" / "en.pdf")
