"""What each setting of Jupyter Book and MyST becomes, and what is told of those that mean nothing."""

import tomllib

import pytest

from etude.adapters.memory import MemoryFiles
from etude.convert.account import Fate
from etude.convert.jupyter_book.project import read_project
from etude.model.span import LineIndex
from etude.parse.config import parse_config

PAGES = dict.fromkeys(("index.md", "a.md", "b.md", "c.ipynb", "d/index.md", "d/e.md"), "# x\n")
TOC = "format: jb-book\nroot: index\n"


def read(**files):
    """The project of some files, beside a few pages."""
    named = {name.replace("__", ".").replace("_yml", ".yml"): text for name, text in files.items()}
    return read_project(MemoryFiles({**PAGES, **named}))


def book1(text, **more):
    return read(**{"_config_yml": text, "_toc_yml": TOC, **more})


def myst(text, **more):
    return read(myst_yml=text, **more)


def tables(project):
    assert () == tuple(one for one in project.diagnostics if one.severity != "info")
    text = project.written.text
    assert [] == [one for one in parse_config(text)[1] if one.rule != "config-missing"]
    return tomllib.loads(text)


def at(tree, dotted):
    for name in dotted.split("."):
        tree = tree.get(name, {})
    return tree


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("title: On dice", "book.title", "On dice"),
        ("title: 7", "book.title", "7"),
        ("{}", "book.title", "x"),
        ("author: Ada Example", "book.authors", ["Ada Example"]),
        ("author: Ada Example and Bo Example", "book.authors", ["Ada Example", "Bo Example"]),
        ("author: The School of Arts and Sciences", "book.authors", ["The School of Arts and Sciences"]),
        ("author: [Ada, Bo]", "book.authors", ["Ada", "Bo"]),
        ("logo: ./img/a.svg", "html.logo", "img/a.svg"),
        ("copyright: '2024'", "html.footer", "© 2024"),
        ("copyright: 2024\nhtml: {extra_footer: More.}", "html.footer", "© 2024 · More."),
        ("html: {extra_footer: '<p>More.</p>'}", "html.footer", "<p>More.</p>"),
        ("exclude_patterns: ['drafts', '**/x*']", "book.exclude", ["drafts", "**/x*"]),
        ("bibtex_bibfiles: [a.bib, ./b.bib]", "bibliography.files", ["a.bib", "b.bib"]),
        ("bibtex_bibfiles: a.bib", "bibliography.files", ["a.bib"]),
        ("execute: {execute_notebooks: 'off'}", "execute.policy", "off"),
        ("execute: {execute_notebooks: off}", "execute.policy", "off"),
        ("execute: {execute_notebooks: force}", "execute.policy", "force"),
        ("execute: {execute_notebooks: auto}", "execute.stored", "keep"),
        ("execute: {execute_notebooks: cache}", "execute", {}),
        ("execute: {execute_notebooks: inline}", "execute", {}),
        ("execute: {timeout: 30}", "execute", {"timeout": 30}),
        ("execute: {timeout: -1}", "execute", {"timeout": 86400, "run_timeout": 86400}),
        ("execute: {exclude_patterns: ['a*']}", "execute.exclude", ["a*"]),
        ("execute: {allow_errors: yes}", "execute.allow_errors", True),
        ("execute: {stderr_output: remove}", "execute.stderr", "remove"),
        ("execute: {stderr_output: show, run_in_temp: true, cache: x}", "execute", {}),
        ("parse: {myst_substitutions: {a: '*b*', n: 3}}", "substitutions", {"a": "*b*", "n": "3"}),
        ("html: {favicon: a.ico}", "html.favicon", "a.ico"),
        ("html: {baseurl: 'https://a.example/b'}", "html.url", "https://a.example/b"),
        ("html: {baseurl: ''}", "html.url", {}),
        ("html: {use_edit_page_button: true}", "html.edit", {}),
        ("html: {use_edit_page_button: false}", "html.edit", ""),
        ("html: {use_issues_button: true}", "html", {"edit": ""}),
        ("repository: {url: 'https://github.com/a/b'}", "book.repository", "https://github.com/a/b"),
        ("repository: {branch: trunk}", "book.branch", "trunk"),
        ("repository: {path_to_book: docs/}", "book.folder", "docs"),
        ("repository: {path_to_book: .}", "book.folder", {}),
        ("launch_buttons: {binderhub_url: 'https://mybinder.org'}", "launch.binder", "https://mybinder.org"),
        ("launch_buttons: {colab_url: 'https://colab.research.google.com'}", "launch.colab", True),
        (
            "launch_buttons: {jupyterhub_url: 'https://hub.example'}",
            "launch.jupyterhub",
            "https://hub.example",
        ),
        ("sphinx: {config: {language: zh_CN}}", "book.languages", ["zh"]),
        ("sphinx: {config: {language: pt_BR}}", "book.languages", ["pt-BR"]),
        ("sphinx: {config: {html_css_files: [a.css]}}", "html.css", ["_static/a.css"]),
        ("sphinx: {config: {html_baseurl: 'https://a.example'}}", "html.url", "https://a.example"),
        (
            "sphinx: {config: {mathjax3_config: {tex: {macros: {R: '\\mathbb{R}', n: ['|#1|', 1]}}}}}",
            "macros",
            {"R": "\\mathbb{R}", "n": "|#1|"},
        ),
        (
            "sphinx: {config: {mathjax3_config: {TeX: {Macros: {n: ['#1#2', 2, t]}}}}}",
            "macros.n",
            {"body": "#1#2", "optional": "t"},
        ),
        (
            "sphinx: {config: {intersphinx_mapping: {py.x: ['https://a.example', inv/o.inv]}}}",
            "inventory",
            {"py-x": {"url": "https://a.example", "file": "inv/o.inv"}},
        ),
    ],
)
def test_config_of_book1(text, key, value):
    assert value == at(tables(book1(text)), key)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("project: {title: A, subtitle: B}", "book.subtitle", "B"),
        ("site: {title: S}", "book.title", "S"),
        ("project: {title: A}\nsite: {title: S}", "book.title", "A"),
        ("site: {title: S}\nproject: {title: A}", "book.title", "A"),
        ("project: {authors: Ada}", "book.authors", ["Ada"]),
        (
            "project: {authors: [{name: Ada, github: ada, orcid: 'https://orcid.org/0000-0002-1825-0097'}]}",
            "book.authors",
            [{"name": "Ada", "url": "https://github.com/ada", "orcid": "0000-0002-1825-0097"}],
        ),
        (
            "project: {authors: [{name: Ada, affiliations: [s, T]}], affiliations: [{id: s, name: School}]}",
            "book.authors",
            [{"name": "Ada", "affiliation": "School; T"}],
        ),
        (
            "project: {authors: [{name: {given: Ada, family: Example}}]}",
            "book.authors",
            ["Ada Example"],
        ),
        ("project: {license: CC-BY-4.0}", "book.license", "CC-BY-4.0"),
        ("project: {license: {content: CC-BY-4.0, code: MIT}}", "book.license", "CC-BY-4.0"),
        ("project: {github: a/b}", "book.repository", "https://github.com/a/b"),
        ("project: {github: 'https://github.com/a/b'}", "book.repository", "https://github.com/a/b"),
        ("project: {doi: 10.1/2}", "book.identifier", "10.1/2"),
        ("project: {keywords: [a, b]}", "book.keywords", ["a", "b"]),
        ("project: {date: 2025-01-02}", "book.date", "2025-01-02"),
        ("project: {description: D}", "book.description", "D"),
        ("project: {exclude: x.md}", "book.exclude", ["x.md"]),
        ("project: {bibliography: [a.bib]}", "bibliography.files", ["a.bib"]),
        ("project: {math: {'\\R': '\\mathbb{R}'}}", "macros", {"R": "\\mathbb{R}"}),
        ("project: {math: {'\\R': {macro: 'x', title: t}}}", "macros", {"R": "x"}),
        ("project: {abbreviations: {CPU: central unit}}", "abbreviations", {"CPU": "central unit"}),
        ("project: {thumbnail: a.png}", "html.image", "a.png"),
        ("project: {copyright: '2025'}", "html.footer", "2025"),
        (
            "project: {jupyter: {binder: {url: 'https://h.example', repo: a/b}}}",
            "launch.binder",
            "https://h.example",
        ),
        ("project: {thebe: {binder: true}}", "launch.binder", True),
        ("project: {edit_url: null}", "html", {}),
        ("project: {language: zh-Hans}", "book.languages", ["zh"]),
        ("site: {domains: [a.example]}", "html.url", "https://a.example"),
        ("site: {options: {favicon: a.ico, logo: b.svg, style: c.css}}", "html.css", ["c.css"]),
        ("{}", "book.home", "index"),
        ("{}", "part", [{"numbered": False, "chapters": ["**"]}]),
        ("project: {numbering: true}", "book.chapters", ["**"]),
        ("project: {numbering: {headings: true}}", "book.chapters", ["**"]),
        ("project: {numbering: {title: {enabled: true}}}", "book.chapters", ["**"]),
        ("project: {numbering: {figure: true}}", "part", [{"numbered": False, "chapters": ["**"]}]),
    ],
)
def test_myst(text, key, value):
    assert value == at(tables(myst(text)), key)


def contents(project):
    """Front page, and parts as pairs of title and entries; unnumbered ones have a dash before their title."""
    tree = tables(project)
    book = tree["book"]
    if "chapters" in book:
        return book["home"], [("", book["chapters"])]
    sign = {True: "", False: "-"}
    return book.get("home"), [
        (sign[part.get("numbered", True)] + part.get("title", ""), part["chapters"]) for part in tree["part"]
    ]


@pytest.mark.parametrize(
    ("toc", "home", "parts"),
    [
        ("format: jb-book\nroot: index\nchapters: [{file: a}, {file: b.md}]", "index", [("-", ["a", "b"])]),
        (
            "format: jb-book\nroot: index.md\noptions: {numbered: true}\nchapters: [{file: c.ipynb}]",
            "index",
            [("", ["c"])],
        ),
        (
            "format: jb-book\nroot: index\nparts:\n- caption: One\n  numbered: true\n  chapters: [{file: a}]\n"
            "- caption: Two\n  chapters: [{glob: 'd/*'}]",
            "index",
            [("One", ["a"]), ("-Two", ["d/*"])],
        ),
        (
            "format: jb-book\nroot: index\ndefaults: {numbered: 1}\nchapters:\n"
            "- file: a\n  sections: [{file: b, sections: [{file: c}]}]",
            "index",
            [("", [{"page": "a", "sections": [{"page": "b", "numbered": False, "sections": ["c"]}]}])],
        ),
        ("format: jb-article\nroot: index\nsections: [{file: a}]", "index", [("-", ["a"])]),
        (
            "root: index\nsubtrees:\n- caption: One\n  entries: [{file: a, subtrees: [{entries: [{file: b}]}]}]\n"
            "- items: [c]",
            "index",
            [("-One", [{"page": "a", "sections": ["b"]}]), ("-", ["c"])],
        ),
        (
            "- file: index\n  numbered: true\n- part: One\n- file: a\n  sections: [{file: b}]\n- header: Two\n"
            "  chapters: [{file: c}]",
            "index",
            [("One", [{"page": "a", "sections": ["b"]}]), ("Two", ["c"])],
        ),
        (
            "format: jb-book\nroot: index\nchapters: [{file: a, title: A}, {url: 'https://x.example', title: X}]",
            "index",
            [("-", [{"page": "a", "title": "A"}, {"url": "https://x.example", "title": "X"}])],
        ),
        (
            "format: jb-book\nroot: index\nchapters: [{url: 'mailto:x', title: X}, {glob: 'c*', hidden: true}]",
            "index",
            [("-", [{"page": "c*", "hidden": True}])],
        ),
    ],
)
def test_toc(toc, home, parts):
    assert (home, parts) == contents(read(_toc_yml=toc))


@pytest.mark.parametrize(
    ("toc", "home", "parts"),
    [
        ("[{file: index.md}, {file: a.md, children: [{file: b.md}]}]", "index",
         [("-", [{"page": "a", "sections": ["b"]}])]),
        ("[{file: a.md}, {title: One, children: [{file: b.md}, {pattern: 'd/*.md'}]}, {file: c.ipynb}]", "a",
         [("-One", ["b", "d/*"]), ("-", ["c"])]),
        ("[{file: index.md, children: [{file: a.md}]}]", "index", [("-", ["a"])]),
        ("[{file: index.md}, {title: One, children: [{title: Deep, children: [{file: b.md}]}]}]", "index",
         [("-One", ["b"])]),
        ("[{file: index.md}, {file: a.md, hidden: true}]", "index", [("-", [{"page": "a", "hidden": True}])]),
    ],
)  # fmt: skip
def test_tree_of_myst(toc, home, parts):
    assert (home, parts) == contents(myst(f"project: {{title: x, toc: {toc}}}"))


def test_myst_with_a_toc_beside_it():
    assert ("a", [("-", ["b"])]) == contents(
        myst("project: {title: x}", _toc_yml="format: jb-book\nroot: a\nchapters: [{file: b}]")
    )


def test_extends_is_read_and_own_words_win():
    project = myst(
        "extends: [more.yml]\nproject: {title: Own}",
        more_yml="extends: deep.yml\nproject: {title: No, license: MIT}",
        deep_yml="project: {license: No, doi: 10.1/2}",
    )
    book = tables(project)["book"]
    assert ("Own", "MIT", "10.1/2") == (book["title"], book["license"], book["identifier"])


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("https://x.example/m.yml", "is not fetched"),
        ("../up.yml", "does not exist"),
        ("none.yml", "does not exist"),
    ],
)
def test_what_cannot_be_extended_is_told(extends, said):
    (problem,) = myst(f"extends: {extends}\nproject: {{title: x}}").diagnostics
    assert said in problem.message
    assert "myst.yml" == problem.place.path


def test_files_that_extend_each_other_end():
    project = myst("extends: more.yml\nproject: {title: x}", more_yml="extends: myst.yml\n")
    assert "x" == tomllib.loads(project.written.text)["book"]["title"]


def test_every_setting_is_in_the_account():
    text = "title: x\nhtml: {announcement: Hear!, comments: {utterances: {repo: a/b}}}\nlatex: {latex_engine: xelatex}\n"
    project = book1(text)
    fates = {note.construct: (note.fate, note.path, note.line) for note in project.notes}
    assert {
        "title": (Fate.KEPT, "_config.yml", 1),
        "html.announcement": (Fate.LOST, "_config.yml", 2),
        "html.comments": (Fate.LOST, "_config.yml", 2),
        "latex": (Fate.CHANGED, "_config.yml", 3),
        "root": (Fate.KEPT, "_toc.yml", 2),
    } == fates
    (told,) = project.diagnostics
    assert "`html.announcement`, `html.comments` have no effect here" == told.message
    assert 2 == LineIndex(text).position(told.place.span.start).line


def test_values_know_where_they_were_read():
    text = "# of ours\ntitle: 好书\nrepository:\n  url: https://github.com/a/b\nbibtex_bibfiles: [x.bib, y.bib]\n"
    project = book1(text)
    config, _ = parse_config(project.written.text)
    for key, words in (
        ("book.title", "好书"),
        ("book.repository", "https://github.com/a/b"),
        ("bibliography.files.1", "y.bib"),
    ):
        place = project.written.origin(config.span(key))
        assert ("_config.yml", words) == (place.path, place.span.slice(text))


@pytest.mark.parametrize(
    "text",
    [
        "title: [", "- a\n- b", "7", "", "title: !!python/object:os.system x", "a: &a [*a]",
        "execute: []\nhtml: 1\nsphinx: {config: []}\nparse: {myst_substitutions: 3}\nlaunch_buttons: x",
        "sphinx: {config: {mathjax3_config: {tex: {macros: {x: [], y: {}, z: [[1]]}}}, intersphinx_mapping: {a: 1}}}",
        "repository: {url: [1]}\nauthor: [{}, 3, [4]]\nlogo: {a: b}\nbibtex_bibfiles: {a: b}",
        "? [a, b]\n: c\n", "title: x\n<<: {author: y}\n", "\ufefftitle: x", "exclude_patterns: [[1], {a: b}, 3]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["_config_yml", "_toc_yml", "myst_yml"])
def test_nothing_raises(name, text):
    files = {"_toc_yml": TOC, name: text}
    if name == "myst_yml":
        files["myst_yml"] = text if not text.startswith("title") else f"project:\n  {text}"
    project = read(**files)
    config, _ = parse_config(project.written.text)
    assert config.title is not None


def test_themes_and_extensions_that_say_the_same():
    tree = tables(
        book1(
            "sphinx:\n  config:\n"
            "    html_theme_options:\n"
            "      repository_url: https://github.com/a/b\n"
            "      launch_buttons: {colab_url: 'https://colab.research.google.com', thebe: false}\n"
            "    rediraffe_redirects: {old/x.md: a.md}\n"
            "    redirects: {gone: 'https://x.example/gone'}\n"
            "    linkcheck_ignore: [x]\n"
        )
    )
    assert "https://github.com/a/b" == tree["book"]["repository"]
    assert {"colab": True} == tree["launch"]
    assert {"old/x.html": "a", "gone.html": "https://x.example/gone"} == tree["html"]["redirects"]


def test_projects_of_others_keep_their_addresses():
    project = book1(
        "sphinx: {config: {intersphinx_mapping: {a: ['https://a.example', null], b: ['b.example', o.inv]}}}"
    )
    assert {
        "a": {"url": "https://a.example"},
        "b": {"url": "https://b.example", "file": "o.inv"},
    } == tables(project)["inventory"]
    assert {"sphinx.config.intersphinx_mapping.a"} == {
        note.construct for note in project.notes if note.fate is Fate.CHANGED
    }


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: A front\n---\n", "A front"),
        ("---\nsubtitle: No\ntitle: 'Quoted'\n---\n", "Quoted"),
        ("Text.\n\n# A heading\n", "A heading"),
        ("No title.\n", "My Jupyter Book"),
        ("---\ntitle: {a: b}\n---\n", "My Jupyter Book"),
    ],
)
def test_without_a_title_that_of_the_front_page(front, title):
    assert title == tables(book1("{}", index__md=front))["book"]["title"]


def test_long_contents_are_lines_that_know_where_they_were_read():
    toc = "format: jb-book\nroot: index\nchapters:\n- file: a\n  sections:\n" + "".join(
        f"  - file: a/rather/long/name/{number}\n" for number in range(5)
    )
    pages = {f"a/rather/long/name/{number}.md": "" for number in range(5)}
    project = read_project(MemoryFiles({**PAGES, **pages, "_toc.yml": toc}))
    config, problems = parse_config(project.written.text)
    assert () == problems
    (entry,) = config.parts[0].chapters
    assert [f"a/rather/long/name/{number}" for number in range(5)] == [one.pattern for one in entry.sections]
    assert all(len(line) <= 110 for line in project.written.text.splitlines())
    place = project.written.origin(entry.sections[3].span)
    assert "a/rather/long/name/3" == place.span.slice(toc)
