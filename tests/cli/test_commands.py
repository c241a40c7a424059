"""Commands: arguments, exit codes, what goes to which stream."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from etude.adapters.disk import MANIFEST
from etude.adapters.lock import BuildLock
from etude.adapters.starter import write_starter
from etude.build import BuildOptions, BuildReport, Recorded, RunStatus, StatusReport
from etude.cli.app import COMMANDS, main, program
from etude.model.diagnostic import BookError, diagnose
from etude.model.progress import RunFinished, RunStarted
from etude.model.rules import Rule
from etude.model.span import Span

SOURCE = "# 甲\n\n见{ref}`no`。\n"
BROKEN = diagnose(Rule.REFERENCE_BROKEN, "no label `no`", "zh/a.md", Span(6, 15))
UNUSED = diagnose(Rule.LABEL_UNUSED, "unused", "zh/a.md", Span(0, 3))


def report(*diagnostics, **more):
    fields = {"pages": 2, "written": 1, "runs": 1, "cells_run": 3, "cells_kept": 4, "seconds": 1.25}
    return BuildReport(diagnostics=diagnostics, sources={"zh/a.md": SOURCE}, **{**fields, **more})


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book in the working folder, with an output as if it had been built."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "x"\nlanguages = ["zh"]\n')
    (tmp_path / "zh").mkdir()
    (tmp_path / "_build/html").mkdir(parents=True)
    (tmp_path / "_build/html/index.html").write_text("<p>")
    return tmp_path


@pytest.fixture
def fake(monkeypatch):
    """Puts a function in the place of the build; notes what it was called with."""
    calls = []

    def put(answer, name="build"):
        def call(root, options, *progress):
            calls.append((root, options))
            if progress:
                progress[0](RunStarted("a", "numpy", 3))
                progress[0](RunFinished("a", "numpy", "ok", 1.0, 3, 0))
            if isinstance(answer, BaseException):
                raise answer
            return answer

        monkeypatch.setattr(f"etude.build.{name}", call)
        return calls

    return put


def run(capsys, *args):
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as ended:
        main(args)
    out, err = capsys.readouterr()
    return ended.value.code, out, err


# the program


@pytest.mark.parametrize(
    ("args", "code", "out", "err"),
    [
        (["--help"], 0, "Run what changed and write the book's outputs.", ""),
        (["-h"], 0, "Usage: etude", ""),
        (["--version"], 0, "etude 0.1.0\n", ""),
        (["bild"], 2, "", "there is no command `bild` (did you mean `build`?)"),
        (["zzzzzz"], 2, "", "there is no command `zzzzzz`\n"),
        (["--no"], 2, "", "No such option"),
        (["build", "--no"], 2, "", "No such option"),
        (["build", "--to", "html,pfd"], 2, "", "`pfd` is not one of html, notebook, library, pdf, epub"),
        (["build", "--to", ","], 2, "", "choose among html, notebook, library, pdf, epub"),
        (["build", "--jobs", "0"], 2, "", "--jobs"),
        (["build", "--execute", "maybe"], 2, "", "'auto', 'strict', 'frozen', 'force', 'off'"),
        (["build", "--format", "xml"], 2, "", "'human', 'json', 'github'"),
        (["build", "a", "b"], 2, "", "unexpected extra argument"),
        (["build", "nowhere"], 2, "", "error[config-missing]"),
        (["status", "nowhere"], 2, "", "error[config-missing]"),
        (["clean", "nowhere"], 2, "", "error[config-missing]"),
        (["build", "zh"], 2, "", "has no `etude.toml`"),
        (["build", ""], 2, "", "the name of the folder is empty"),
        (["build", "--out", ""], 2, "", "the name of the folder is empty"),
        (["new", ""], 2, "", "the name of the folder is empty"),
        (["new"], 2, "", "Missing argument 'DIR'"),
        (["new", "x", "--language", "zh_CN"], 2, "", "`zh_CN` is no language tag"),
        (["build", "--lang", "fr"], 2, "", "error[usage]: the book has no language `fr`"),
        (["build", "--variant", "jax"], 2, "", "error[usage]: the book has no variant `jax`"),
    ],
)
def test_commands(book, capsys, args, code, out, err):
    found = run(capsys, *args)
    assert found[0] == code
    assert out in found[1]
    assert err in found[2]
    assert "Traceback" not in found[2]


def test_every_command_and_option_is_described():
    with click.Context(program) as context:
        for name, (_, text) in COMMANDS.items():
            command = program.get_command(context, name)
            assert command.name == name
            assert command.help
            assert text.endswith(".")
            for option in command.params:
                if isinstance(option, click.Option):
                    assert option.help, (name, option.name)


def test_the_help_imports_no_command():
    code = (
        "import sys\nfrom etude.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'rich', 'msgspec', 'etude.build', 'etude.cli.build', 'etude.cli.output', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stderr == "[]\n"


# build


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (Recorded(folder="results", results=3, changed=0), "3 results recorded in results: nothing changed"),
        (Recorded(folder="kept", results=1, changed=2), "1 result recorded in kept: 2 files changed"),
    ],
)
def test_build_tells_what_was_recorded_and_pulled(book, fake, capsys, done, line):
    calls = fake(report(recorded=done, pulled=2))
    code, _, err = run(capsys, "build", "--record")
    assert (code, calls[0][1].record) == (0, True)
    assert err.splitlines()[-2:] == ["2 results pulled from where they are shared", line]


def test_build_passes_its_options_on(book, fake, capsys):
    calls = fake(report())
    options = "--to notebook,html --out o --execute frozen --jobs 3 --lang zh --lang en --variant numpy"
    assert run(capsys, "build", ".", *options.split())[0] == 0
    assert calls == [
        (
            book,
            BuildOptions(
                to=("notebook", "html"),
                out=Path("o"),
                policy="frozen",
                jobs=3,
                languages=("zh", "en"),
                variants=("numpy",),
            ),
        )
    ]
    assert run(capsys, "build")[0] == 0
    assert calls[1] == (book, BuildOptions())


def test_a_report_is_asked_for_by_the_name_of_its_file(book, fake, capsys):
    calls = fake(report())
    code, out, _ = run(capsys, "build", "--report", "deep/report.html")
    assert (0, "Report deep/report.html") == (code, out.splitlines()[0])
    assert book / "deep/report.html" == calls[0][1].report
    code, _, err = run(capsys, "build", "--report", "report.txt")
    assert 2 == code
    assert "must end with .html or .json" in err
    assert 1 == len(calls)


def test_a_clean_build(book, fake, capsys):
    fake(report())
    assert run(capsys, "build") == (
        0,
        "Open _build/html/index.html\n",
        "ran a (numpy): 3 cells, 1.0 s\nno problems · 2 pages, 3 cells run, 4 kept · 1.2 s\n",
    )


def test_a_build_with_problems(book, fake, capsys):
    fake(report(UNUSED, BROKEN))
    code, out, err = run(capsys, "build")
    assert (code, out) == (1, "Open _build/html/index.html\n")
    assert err == (
        "ran a (numpy): 3 cells, 1.0 s\n"
        "zh/a.md:1:1: warning[label-unused]: unused\n    1 | # 甲\n      | ^^^^\n\n"
        "zh/a.md:3:2: error[reference-broken]: no label `no`\n    3 | 见{ref}`no`。\n      |   ^^^^^^^^^\n\n"
        "1 error, 1 warning · 2 pages, 3 cells run, 4 kept · 1.2 s\n"
    )


def test_warnings_count_when_strict(book, fake, capsys):
    fake(report(UNUSED))
    assert run(capsys, "build")[0] == 0
    assert run(capsys, "build", "--strict")[0] == 1


def test_paths_lead_from_the_working_folder_to_the_book(book, fake, capsys, monkeypatch):
    fake(report(BROKEN))
    monkeypatch.chdir(book.parent)
    _, out, err = run(capsys, "build", book.name)
    assert f"\n{book.name}/zh/a.md:3:2: error" in err
    assert out == f"Open {book.name}/_build/html/index.html\n"
    monkeypatch.chdir(book / "zh")
    _, out, err = run(capsys, "build")
    assert "\n../zh/a.md:3:2: error" in err
    assert out == "Open ../_build/html/index.html\n"
    _, out, _ = run(capsys, "build", "../etude.toml")
    assert out == "Open ../_build/html/index.html\n"


def test_without_a_website_there_is_nothing_to_open(book, fake, capsys):
    fake(report())
    assert run(capsys, "build", "--to", "notebook")[1] == ""


def test_timings(book, fake, capsys):
    fake(report(timings=(("parse", 0.5), ("execute", 65.0))))
    err = run(capsys, "build", "--timings")[2]
    assert err.endswith("  parse          0.50 s\n  execute     1 min 5 s\n")


def test_json_is_all_that_is_printed(book, fake, capsys):
    fake(report(BROKEN, timings=(("parse", 0.5),)))
    code, out, err = run(capsys, "build", "--format", "json", "--timings")
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert document["root"] == str(book)
    assert document["exit_code"] == 1
    assert document["summary"]["timings"] == {"parse": 0.5}
    assert [(one["file"], one["start"]) for one in document["diagnostics"]] == [
        ("zh/a.md", {"line": 3, "column": 2})
    ]


def test_github_annotations(book, fake, capsys):
    fake(report(BROKEN))
    code, out, err = run(capsys, "build", "--format", "github")
    assert code == 1
    assert out.startswith("::error file=zh/a.md,line=3,col=2,endColumn=11,title=reference-broken::no label")
    assert err.endswith("1 error · 2 pages, 3 cells run, 4 kept · 1.2 s\n")


def test_colours_only_where_they_are_wanted(book, fake, capsys, monkeypatch):
    fake(report(BROKEN))
    assert "\x1b[" not in run(capsys, "build")[2]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31merror" in run(capsys, "build")[2]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(capsys, "build")[2]


@pytest.mark.parametrize(
    ("diagnostic", "code"),
    [
        (diagnose(Rule.BUILD_LOCKED, "locked", ""), 2),
        (diagnose(Rule.WRITE_FAILED, "full", ""), 2),
        (diagnose(Rule.CONFIG_SYNTAX, "bad", "etude.toml", Span(7, 12)), 1),
    ],
)
def test_what_stops_a_build_is_a_diagnostic(book, fake, capsys, diagnostic, code):
    fake(BookError((diagnostic,)))
    found = run(capsys, "build")
    assert (found[0], found[1]) == (code, "")
    assert f"error[{diagnostic.rule}]: {diagnostic.message}\n" in found[2]
    if diagnostic.place.path:
        assert "etude.toml:2:1: error" in found[2]
        assert "    2 | title" in found[2]
    document = json.loads(run(capsys, "build", "--format", "json")[1])
    assert (document["exit_code"], document["summary"]) == (code, None)


def test_a_fault_of_etude_s_own_leaves_details_and_no_traceback(book, fake, capsys):
    fake(ZeroDivisionError("by\nzero"))
    code, out, err = run(capsys, "build")
    assert (code, out) == (2, "")
    (details,) = (book / ".etude").glob("crash-*.txt")
    assert "error[internal]: Etude failed: ZeroDivisionError: by zero\n" in err
    assert f"  hint: please report it with the details in {details}\n" in err
    assert "Traceback" not in err
    assert "Traceback" in details.read_text()
    document = json.loads(run(capsys, "build", "--format", "json")[1])
    assert [one["rule"] for one in document["diagnostics"]] == ["internal"]


def test_faults_without_a_book_go_to_the_temporary_folder(tmp_path, fake, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    fake(RuntimeError())
    err = run(capsys, "build")[2]
    assert "Etude failed: RuntimeError\n" in err
    assert len(list(tmp_path.glob("crash-*.txt"))) == 1


def test_interrupts_are_one_line(book, fake, capsys):
    fake(KeyboardInterrupt())
    code, out, err = run(capsys, "build")
    assert (code, out) == (130, "")
    assert err.strip().splitlines()[-1] == "interrupted; the results of finished cells are kept"
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    code = "from etude.cli import main\nmain(['--help'])"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode != 0


def test_characters_that_the_terminal_lacks_are_escaped(book):
    (book / "etude.toml").write_text('[book]\ntitle = "x"\n[甲]\n', encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "etude", "build"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=book)
    assert "etude.toml:3:2: error" in done.stderr
    assert "\\u7532" in done.stderr
    assert "Traceback" not in done.stderr


# status


RUNS = (
    RunStatus(page="a", variant="numpy", languages=("zh",), cells=5, stale=0, reasons=("kept",)),
    RunStatus(
        page="b", variant="", languages=("zh",), cells=3, stale=2, reasons=("cell 2: changed",), estimate=4.0
    ),
)


def status_of(*runs, diagnostics=()):
    return StatusReport(diagnostics=diagnostics, sources={"zh/a.md": SOURCE}, runs=runs)


def test_status(book, fake, capsys):
    fake(status_of(*RUNS), "status")
    assert run(capsys, "status") == (
        0,
        "b: 2 of 3 cells would run, about 4.0 s\n",
        "1 of 2 runs would run: 2 cells, about 4.0 s\n",
    )
    assert run(capsys, "status", "--explain")[1] == (
        "a (numpy): up to date, 5 cells\n  kept\nb: 2 of 3 cells would run, about 4.0 s\n  cell 2: changed\n"
    )


def test_status_names_languages_that_run_apart(book, fake, capsys):
    runs = [
        RunStatus(page="a", variant=variant, languages=(language,), cells=1, stale=1)
        for variant, language in (("", "zh"), ("", "en"), ("numpy", "zh"), ("numpy", "en"), ("keras", "en"))
    ]
    fake(status_of(*runs), "status")
    assert [line.split(":")[0] for line in run(capsys, "status")[1].splitlines()] == [
        "a (zh)",
        "a (en)",
        "a (numpy, zh)",
        "a (numpy, en)",
        "a (keras)",
    ]


def test_status_shows_the_slowest_runs_first(book, fake, capsys):
    runs = [
        RunStatus(page=page, variant="", languages=("zh",), cells=1, stale=0, estimate=seconds)
        for page, seconds in (("a", 0.5), ("b", None), ("c", 90.0))
    ]
    fake(status_of(*runs), "status")
    assert [line.split() for line in run(capsys, "status", "--times")[1].splitlines()] == [
        ["1", "min", "30", "s", "c"],
        ["0.50", "s", "a"],
        ["1", "min", "30", "s", "2", "runs,", "one", "after", "another"],
    ]


def test_status_tells_of_pinned_files_that_are_there_or_not(book, fake, capsys):
    one = RunStatus(
        page="a", variant="", languages=("zh",), cells=1, stale=0, pinned=("x", "y", "z"), found=("w",)
    )
    fake(status_of(one), "status")
    assert run(capsys, "status")[1] == ""
    assert run(capsys, "status", "--explain")[1] == (
        "a: up to date, 1 cell\n"
        "  made with pinned files that are not here: x, y and 1 more\n"
        "  made without pinned files that are here: w\n"
    )


def test_status_with_nothing_to_do(book, fake, capsys):
    fake(status_of(RUNS[0]), "status")
    assert run(capsys, "status") == (0, "", "1 run, all up to date\n")


def test_status_tells_of_recorded_results_that_are_behind(book, fake, capsys):
    late = RunStatus(page="c", variant="", languages=("zh",), cells=1, stale=0, behind="not recorded")
    fake(status_of(RUNS[0], late), "status")
    told = (
        "2 runs, all up to date\nrecorded results of 1 run are behind: `etude build --record` writes them\n"
    )
    assert run(capsys, "status") == (0, "", told)
    assert "c: up to date, 1 cell\n  not recorded\n" in run(capsys, "status", "--explain")[1]


def test_status_reports_problems(book, fake, capsys):
    fake(status_of(diagnostics=(BROKEN,)), "status")
    code, _, err = run(capsys, "status")
    assert code == 1
    assert "zh/a.md:3:2: error[reference-broken]" in err


# clean


@pytest.fixture
def built(book):
    """A built book, with files among the outputs that no build made."""
    out = book / "_build"
    for path in ("html/zh/a.html", "html/_static/x.css", "notebook/zh/a.ipynb", "html/mine.txt"):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(path)
    made = [
        "html/index.html",
        "html/zh/a.html",
        "html/_static/x.css",
        "notebook/zh/a.ipynb",
        "html/gone.html",
    ]
    (out / MANIFEST).write_text("".join(f"{path}\n" for path in made))
    (book / ".etude/store").mkdir(parents=True)
    (book / ".etude/store/x").write_text("x")
    return book


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_clean_removes_what_builds_made_and_nothing_else(built, capsys):
    assert run(capsys, "clean") == (0, "removed 4 files below _build\n", "")
    assert files(built / "_build") == ["html/mine.txt"]
    assert not (built / "_build/notebook").exists()
    assert (built / ".etude/store/x").is_file()
    (built / "_build/html/mine.txt").unlink()
    assert run(capsys, "clean") == (0, "nothing to remove\n", "")


def test_clean_removes_the_folder_when_it_is_empty(built, capsys):
    (built / "_build/html/mine.txt").unlink()
    run(capsys, "clean")
    assert not (built / "_build").exists()


def test_clean_with_the_state(built, capsys):
    assert run(capsys, "clean", "--state")[1] == "removed 4 files below _build and the stored results\n"
    assert not (built / ".etude").exists()


def test_clean_removes_environments_that_nobody_used(built, capsys, tmp_path_factory, monkeypatch):
    kept = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("ETUDE_CACHE", str(kept))
    assert run(capsys, "clean", "--environments", "0") == (0, "nothing to remove\n", "")
    for name, days in (("new", 1), ("old", 31)):
        place = kept / "environments" / name
        place.mkdir(parents=True)
        place.with_suffix(".lock").touch()
        (place / "etude.json").touch()
        os.utime(place / "etude.json", (time.time() - days * 86_400,) * 2)
    before = files(built)
    assert run(capsys, "clean", "--environments", "30") == (0, "removed 1 environment\n", "")
    assert [(kept / "environments" / name).is_dir() for name in ("new", "old")] == [True, False]
    assert before == files(built), "nothing of a book is touched"
    code, _, said = run(capsys, "clean", "--environments", "30", "--state")
    assert (code, "stands alone" in said) == (2, True)


def test_clean_in_another_folder(built, capsys):
    (built / "_build").rename(built / "elsewhere")
    assert run(capsys, "clean", "--out", "elsewhere")[1] == "removed 4 files below elsewhere\n"


def test_clean_never_follows_paths_or_links_out(built, capsys):
    outside = built / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("a")
    (built / "_build/link").symlink_to(outside)
    listed = [
        "../outside/a.txt",
        "link/a.txt",
        str(outside / "a.txt"),
        "html/../../outside/a.txt",
        "",
        "html",
    ]
    (built / "_build" / MANIFEST).write_text("".join(f"{path}\n" for path in listed))
    assert run(capsys, "clean")[1] == "nothing to remove\n"
    assert files(outside) == ["a.txt"]
    (built / ".etude").rename(built / "kept")
    (built / ".etude").symlink_to(built / "kept")
    run(capsys, "clean", "--state")
    assert (built / "kept/store/x").is_file()


def test_clean_waits_for_no_build(built, capsys):
    with BuildLock(built / ".etude/lock"):
        code, _, err = run(capsys, "clean", "--state")
    assert code == 2
    assert "error[build-locked]" in err
    assert (built / ".etude/store/x").is_file()


def test_clean_needs_a_book(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / MANIFEST).write_text("x\n")
    (tmp_path / "_build/x").write_text("x")
    assert run(capsys, "clean")[0] == 2
    assert (tmp_path / "_build/x").is_file()


# new


def test_new(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "new", "mine") == (0, "made 9 files in mine\nnext: etude build mine\n", "")
    code, out, err = run(capsys, "new", "mine", "--language", "en")
    assert (code, out) == (2, "")
    assert "error[usage]: there is already `mine/etude.toml`, and" in err


def test_new_in_a_folder_that_cannot_be_made(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    code, _, err = run(capsys, "new", "file/book")
    assert code == 2
    assert "error[write-failed]: cannot write" in err


@pytest.mark.kernel
@pytest.mark.slow
def test_the_starter_book_builds_and_is_cleaned(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = write_starter(tmp_path / "mine", ("zh", "en"))
    code, out, err = run(capsys, "build", "mine", "--strict")
    assert (code, out) == (0, "Open mine/_build/html/index.html\n"), err
    assert "no problems · 6 pages, 2 cells run" in err
    assert "1.99" in (tmp_path / "mine/_build/html/zh/first.html").read_text(encoding="utf-8")
    assert run(capsys, "status", "mine")[2] == "1 run, all up to date\n"
    assert run(capsys, "clean", "mine", "--state")[0] == 0
    assert sorted(path for path in (tmp_path / "mine").rglob("*") if path.is_file()) == sorted(
        path.absolute() for path in written
    )
