"""What runs again after an edit, how long that takes, and whether the outputs are right afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.execution import tools
from benchmarks.execution.books import Book
from benchmarks.execution.chapters import DATA, LENGTH, MODULE, STEPS, chapters, module, points, step
from benchmarks.execution.environment import TINY
from benchmarks.execution.figures import Case, Section
from benchmarks.execution.preview import Preview
from benchmarks.execution.setting import Setting, note
from benchmarks.execution.tools import Tool
from benchmarks.execution.truth import Truth, wrong
from benchmarks.measure import CommandError
from benchmarks.report import seconds

_NAMED = 5
"""Wrong cells that are named in the file."""

Edit = Callable[[Book, int], Book]
"""A book with one thing changed; the number says which time it is, and each time differs."""


def edits(setting: Setting) -> Section:
    """All tools go through the same edits; each starts from what the one before has left."""
    environment = setting.environment
    ours, cache, mill = tools.etude(environment), tools.serial(environment), tools.papermill(environment)
    strict = tools.strict(environment)
    environment.install(setting.scratch / "wheels", 1)
    book = chapters(setting.sizes.expensive, torch=environment.torch and setting.sizes.whole)
    course = _Course(setting, book, Truth(tools.nbclient(environment), setting.scratch / "truth"))
    with Preview(environment) as preview:
        cases = [course.begin("nothing run yet", (ours, preview, cache, mill))]
        cases.append(course.measure("nothing changed", _nothing, (ours, preview, cache, mill)))
        for title, edit in _edits(whole=setting.sizes.whole):
            cases.append(course.measure(title, edit, (ours, preview, cache)))
        course.begin("nothing run yet, strict", (strict,))
        # A paragraph is edited, as nothing else would ask a preview.
        title = "a package has another version, and a paragraph edited"
        cases.append(course.measure(title, _prose, (ours, strict, preview, cache), newer=True))
    pages = f"{len(book.pages)} pages. `{STEPS}` has {LENGTH} cells, of which three take most of the time."
    remarks = (
        f"({pages} Times are of the whole command.)",
        f"{preview.name}: `etude run --watch`, a process that stays. Its first time is from its start to the",
        "end of its first round; the others, from the saving of a file to the line that tells of the round;",
        "CPU, until it and its kernels rest. No round: all was saved again as it was, so none began.",
        "Stale: cells that, because of this edit, show something else than after a run from nothing.",
        "papermill keeps nothing: after every edit it takes as long as it does when nothing changed.",
    )
    return Section("After an edit", cases, remarks)


def _edits(*, whole: bool) -> list[tuple[str, Edit]]:
    """What is done to the book, with a title."""
    places = ((10, 2), (50, 10), (90, 18)) if whole else ((50, 10),)
    found: list[tuple[str, Edit]] = [("a paragraph edited", _prose), ("a comment edited", _comment)]
    found += [(f"a cell edited, at {share} % of its page", _value(number)) for share, number in places]
    if whole:
        found.append(("a cell edited, at 10 %, later cells unaffected", _print))
    found.append(("a data file edited", lambda book, time: book.with_file(DATA, points(time))))
    found.append(("a module edited", lambda book, time: book.with_file(MODULE, module(time))))
    return found


def _nothing(book: Book, _time: int) -> Book:
    return book


def _prose(book: Book, time: int) -> Book:
    return book.with_page(replace(book.page(STEPS), prose=f"A paragraph, edited {time} times."))


def _comment(book: Book, time: int) -> Book:
    page = book.page(STEPS)
    code = page.cells[10].partition("  # ")[0]
    return book.with_page(page.edited(10, f"{code}  # edited {time} times"))


def _value(number: int) -> Edit:
    return lambda book, time: book.with_page(book.page(STEPS).edited(number, step(number, time)))


def _print(book: Book, time: int) -> Book:
    page = book.page(STEPS)
    work = page.cells[2].partition("\n")[0]
    return book.with_page(page.edited(2, f"{work}\nprint('edited {time} times', state)"))


@dataclass(slots=True)
class _Course:
    """The book on its way through the edits, with a copy for each tool."""

    setting: Setting
    book: Book
    truth: Truth
    installed: dict[str, int] = field(default_factory=lambda: {TINY: 1})
    times: int = 0
    """Edits so far."""
    stale: dict[str, set[str]] = field(default_factory=dict)
    """By tool, cells that earlier edits have left wrong: they are held against those edits only."""

    def begin(self, title: str, measured: Sequence[Tool]) -> Case:
        """Build with each tool once; all must agree on what the cells show."""
        case = Case(title, seconds, cells=self.book.cells, whole=True)
        right = self.truth.of(self.book, self.installed)
        for tool in self.setting.turns(title, 0, measured):
            built = tool.build(self._folder(tool), self.book)
            note(case.of(tool.name), built, built.sample.seconds)
            found = wrong(tool, self._folder(tool), right)
            if found:
                raise CommandError(f"{tool.name} differs from a run from nothing before any edit: {found}")
            case.of(tool.name).wrong.append(0)
        return case

    def measure(self, title: str, edit: Edit, measured: Sequence[Tool], *, newer: bool = False) -> Case:
        """Edit so many times, or install a `newer` package; each tool builds after each edit."""
        case = Case(title, seconds, cells=self.book.cells, whole=True)
        before = {tool.name: set(self.stale.get(tool.name, ())) for tool in measured}
        for number in range(self.setting.sizes.runs):
            self.times += 1
            self.book = edit(self.book, self.times)
            if newer:
                self.installed[TINY] += 1
                self.setting.environment.install(self.setting.scratch / "wheels", self.installed[TINY])
            right = self.truth.of(self.book, self.installed)
            for tool in self.setting.turns(title, number, measured):
                figures = case.of(tool.name)
                built = tool.build(self._folder(tool), self.book)
                note(figures, built, built.sample.seconds)
                found = wrong(tool, self._folder(tool), right)
                self.stale[tool.name] = set(found)
                because = [cell for cell in found if cell not in before[tool.name]]
                figures.wrong.append(len(because))
                figures.which = [*figures.which, *because][:_NAMED]
        return case

    def _folder(self, tool: Tool) -> Path:
        return self.setting.scratch / "edited" / tool.name.replace(" ", "-")
