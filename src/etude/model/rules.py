"""Every rule a diagnostic can name, with its meaning and default severity.

The reference page of rules and `etude build --format json` are made from this table.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How grave a problem is; the order of the members is the order of gravity."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class RuleInfo(Struct, frozen=True, gc=False):
    """What a rule says and how grave a breach of it is unless configured otherwise."""

    severity: Severity
    description: str


class Rule(StrEnum):
    """Stable identifiers; they appear in output, in settings and in the handbook."""

    # configuration
    CONFIG_SYNTAX = "config-syntax"
    CONFIG_UNKNOWN_KEY = "config-unknown-key"
    CONFIG_VALUE = "config-value"
    CONFIG_MISSING = "config-missing"
    CONFIG_UNUSED = "config-unused"
    TOC_MISSING_FILE = "toc-missing-file"
    TOC_DUPLICATE = "toc-duplicate"
    TOC_EMPTY_GLOB = "toc-empty-glob"
    TOC_MISSING_TRANSLATION = "toc-missing-translation"
    TOC_UNLISTED = "toc-unlisted"
    # reading
    READ_ENCODING = "read-encoding"
    READ_TOO_LARGE = "read-too-large"
    READ_FAILED = "read-failed"
    FRONT_MATTER_SYNTAX = "front-matter-syntax"
    FRONT_MATTER_VALUE = "front-matter-value"
    FRONT_MATTER_UNKNOWN_KEY = "front-matter-unknown-key"
    NOTEBOOK_INVALID = "notebook-invalid"
    # syntax
    UNKNOWN_DIRECTIVE = "unknown-directive"
    UNKNOWN_ROLE = "unknown-role"
    UNKNOWN_OPTION = "unknown-option"
    OPTION_VALUE = "option-value"
    DIRECTIVE_ARGUMENT = "directive-argument"
    DIRECTIVE_BODY = "directive-body"
    UNCLOSED_FENCE = "unclosed-fence"
    NESTING_TOO_DEEP = "nesting-too-deep"
    LABEL_UNUSED = "label-unused"
    SUBSTITUTION_UNKNOWN = "substitution-unknown"
    INCLUDE_LOOP = "include-loop"
    PATH_OUTSIDE = "path-outside"
    FILE_MISSING = "file-missing"
    RAW_HTML = "raw-html"
    TABLE_SHAPE = "table-shape"
    MATH_SYNTAX = "math-syntax"
    ANNOTATION_MISMATCH = "annotation-mismatch"
    # resolving
    LABEL_DUPLICATE = "label-duplicate"
    REFERENCE_BROKEN = "reference-broken"
    REFERENCE_KIND = "reference-kind"
    CITATION_UNKNOWN = "citation-unknown"
    BIBLIOGRAPHY_SYNTAX = "bibliography-syntax"
    BIBLIOGRAPHY_DUPLICATE = "bibliography-duplicate"
    TERM_UNKNOWN = "term-unknown"
    TERM_DUPLICATE = "term-duplicate"
    FOOTNOTE_UNKNOWN = "footnote-unknown"
    FOOTNOTE_UNUSED = "footnote-unused"
    INVENTORY_UNKNOWN = "inventory-unknown"
    VARIANT_UNKNOWN = "variant-unknown"
    REDIRECT_CONFLICT = "redirect-conflict"
    REDIRECT_BROKEN = "redirect-broken"
    SHORT_CODE = "short-code"
    SHORT_BROKEN = "short-broken"
    SHORT_UNRECORDED = "short-unrecorded"
    # execution
    CELL_LANGUAGE = "cell-language"
    CELL_SYNTAX = "cell-syntax"
    CELL_ERROR = "cell-error"
    CELL_TIMEOUT = "cell-timeout"
    RUN_TIMEOUT = "run-timeout"
    ENVIRONMENT_FAILED = "environment-failed"
    KERNEL_MISSING = "kernel-missing"
    KERNEL_DIED = "kernel-died"
    MEMORY_LIMIT = "memory-limit"
    RESOURCES_MISSING = "resources-missing"
    WORKER_CHANGED = "worker-changed"
    WORKER_LOST = "worker-lost"
    EXECUTOR_UNAVAILABLE = "executor-unavailable"
    VERSIONS_DIFFER = "versions-differ"
    PACKAGES_MISSING = "packages-missing"
    PINNED_DIFFER = "pinned-differ"
    OUTPUT_TOO_LARGE = "output-too-large"
    WROTE_INTO_BOOK = "wrote-into-book"
    EVAL_FAILED = "eval-failed"
    EXPECTATION_FAILED = "expectation-failed"
    RESULT_MISSING = "result-missing"
    RESULT_DRIFTED = "result-drifted"
    RESULT_UNRECORDED = "result-unrecorded"
    INPUT_UNREADABLE = "input-unreadable"
    STORE_UNREADABLE = "store-unreadable"
    RECORDED_UNREADABLE = "recorded-unreadable"
    RECORDED_FOLDER = "recorded-folder"
    REMOTE_FAILED = "remote-failed"
    REMOTE_UNREADABLE = "remote-unreadable"
    # writing
    HISTORY_UNREADABLE = "history-unreadable"
    CARD_MISSING = "card-missing"
    LIBRARY_DIFFERS = "library-differs"
    PDF_FAILED = "pdf-failed"
    PDF_PICTURE = "pdf-picture"
    PDF_NOT_ACCESSIBLE = "pdf-not-accessible"
    PICTURE_COARSE = "picture-coarse"
    FONT_UNKNOWN = "font-unknown"
    GLYPH_MISSING = "glyph-missing"
    FORMULA_SCALED = "formula-scaled"
    TABLE_DIVIDED = "table-divided"
    EPUB_REMOTE = "epub-remote"
    EPUB_PICTURE = "epub-picture"
    EPUB_COVER = "epub-cover"
    WRITE_FAILED = "write-failed"
    IMPORT_KEPT = "import-kept"
    PANDOC_MISSING = "pandoc-missing"
    PANDOC_FAILED = "pandoc-failed"
    PANDOC_WARNING = "pandoc-warning"
    BUILD_LOCKED = "build-locked"
    USAGE = "usage"
    INTERNAL = "internal"


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: dict[Rule, RuleInfo] = {
    rule: RuleInfo(severity, description)
    for rule, severity, description in (
        (Rule.CONFIG_SYNTAX, _E, "The configuration is not valid TOML, or not valid YAML."),
        (Rule.CONFIG_UNKNOWN_KEY, _E, "A key of `etude.toml` is not known."),
        (Rule.CONFIG_VALUE, _E, "A value of the configuration has the wrong type or range."),
        (Rule.CONFIG_MISSING, _E, "A folder has no `etude.toml`, or a required key is absent."),
        (Rule.CONFIG_UNUSED, _I, "Settings of another tool mean nothing in Etude."),
        (Rule.TOC_MISSING_FILE, _E, "The contents name a page that has no file."),
        (Rule.TOC_DUPLICATE, _E, "The contents name a page twice."),
        (Rule.TOC_EMPTY_GLOB, _W, "A pattern of the contents matches no page."),
        (Rule.TOC_MISSING_TRANSLATION, _W, "A page exists in one language and not in another."),
        (Rule.TOC_UNLISTED, _I, "A page is in the folder and not in the contents."),
        (Rule.READ_ENCODING, _E, "A source file is not UTF-8."),
        (Rule.READ_TOO_LARGE, _E, "A source file is larger than the limit."),
        (Rule.READ_FAILED, _E, "A source file cannot be read."),
        (Rule.FRONT_MATTER_SYNTAX, _E, "The front matter is not valid YAML."),
        (Rule.FRONT_MATTER_VALUE, _E, "A value of the front matter has the wrong type."),
        (Rule.FRONT_MATTER_UNKNOWN_KEY, _W, "A key of the front matter is not known."),
        (Rule.NOTEBOOK_INVALID, _E, "A notebook is not valid nbformat 4."),
        (Rule.UNKNOWN_DIRECTIVE, _E, "A directive has a name that is not known."),
        (Rule.UNKNOWN_ROLE, _E, "A role has a name that is not known."),
        (Rule.UNKNOWN_OPTION, _W, "A directive has an option that is not known."),
        (Rule.OPTION_VALUE, _E, "A directive's option has a value that cannot be used."),
        (Rule.DIRECTIVE_ARGUMENT, _E, "A directive's argument is missing or not allowed."),
        (Rule.DIRECTIVE_BODY, _E, "A directive's body is missing or cannot be used."),
        (Rule.UNCLOSED_FENCE, _E, "A fence or a formula is opened and never closed."),
        (Rule.NESTING_TOO_DEEP, _E, "Blocks or marks are nested deeper than the limit."),
        (Rule.LABEL_UNUSED, _W, "A label stands before nothing it could name."),
        (Rule.SUBSTITUTION_UNKNOWN, _E, "A substitution is used and not defined."),
        (Rule.INCLUDE_LOOP, _E, "A file includes itself, directly or through others."),
        (Rule.PATH_OUTSIDE, _E, "A path leads out of the book's folder."),
        (Rule.FILE_MISSING, _E, "A file that a page or `etude.toml` names does not exist."),
        (Rule.RAW_HTML, _W, "Raw HTML holds something that was removed as unsafe."),
        (Rule.TABLE_SHAPE, _E, "The rows of a table differ in length."),
        (Rule.MATH_SYNTAX, _E, "A formula cannot be parsed."),
        (Rule.ANNOTATION_MISMATCH, _W, "Annotation marks of a listing and its list differ."),
        (Rule.LABEL_DUPLICATE, _E, "A label names two things."),
        (Rule.REFERENCE_BROKEN, _E, "A reference leads to nothing."),
        (Rule.REFERENCE_KIND, _E, "A reference leads to something of another kind."),
        (Rule.CITATION_UNKNOWN, _E, "A citation's key is in no bibliography file."),
        (Rule.BIBLIOGRAPHY_SYNTAX, _E, "A bibliography file or style cannot be parsed."),
        (Rule.BIBLIOGRAPHY_DUPLICATE, _W, "A bibliography key is defined twice."),
        (Rule.TERM_UNKNOWN, _E, "A term is in no glossary."),
        (Rule.TERM_DUPLICATE, _E, "A term is defined twice."),
        (Rule.FOOTNOTE_UNKNOWN, _E, "A footnote is referred to and not defined."),
        (Rule.FOOTNOTE_UNUSED, _W, "A footnote is defined and never referred to."),
        (Rule.INVENTORY_UNKNOWN, _W, "An API link is in no inventory."),
        (Rule.VARIANT_UNKNOWN, _E, "A variant is used that the book does not declare."),
        (Rule.REDIRECT_CONFLICT, _E, "An old address is one that the site has, or leads to two places."),
        (Rule.REDIRECT_BROKEN, _E, "An old address leads to nothing."),
        (Rule.SHORT_CODE, _E, "A short code is written wrongly, or is taken."),
        (Rule.SHORT_BROKEN, _W, "A short address that was recorded leads to nothing any more."),
        (Rule.SHORT_UNRECORDED, _I, "A short address is printed that the record does not keep yet."),
        (Rule.CELL_LANGUAGE, _W, "A cell is in another language than its kernel."),
        (Rule.CELL_SYNTAX, _E, "The code of a cell cannot be parsed."),
        (Rule.CELL_ERROR, _E, "A cell raised an exception."),
        (Rule.CELL_TIMEOUT, _E, "A cell ran longer than its time-out."),
        (Rule.RUN_TIMEOUT, _E, "A run took longer than its time-out."),
        (Rule.ENVIRONMENT_FAILED, _E, "What a variant or the book requires cannot be installed."),
        (Rule.KERNEL_MISSING, _E, "A kernel is not installed or does not start."),
        (Rule.KERNEL_DIED, _E, "A kernel died while a cell ran."),
        (Rule.MEMORY_LIMIT, _E, "A run took more memory than it may, and was ended."),
        (Rule.RESOURCES_MISSING, _E, "A run asks for what the machine, or the cluster, does not have."),
        (
            Rule.VERSIONS_DIFFER,
            _I,
            "Results were made with other versions of packages than are installed now.",
        ),
        (Rule.PACKAGES_MISSING, _I, "Results were made with packages that are not installed here."),
        (
            Rule.PINNED_DIFFER,
            _W,
            "A run found other pinned files than its stored results were made with.",
        ),
        (Rule.WORKER_CHANGED, _I, "A cell asked for what only another kind of kernel has."),
        (Rule.WORKER_LOST, _E, "A run was lost with the machine that it was on, too often."),
        (Rule.EXECUTOR_UNAVAILABLE, _E, "What runs are to be executed on is not there."),
        (Rule.OUTPUT_TOO_LARGE, _E, "A cell printed more than the limit."),
        (Rule.WROTE_INTO_BOOK, _E, "A cell changed files of the book."),
        (Rule.EVAL_FAILED, _E, "An `eval` expression raised an exception."),
        (Rule.EXPECTATION_FAILED, _E, "An expectation on a result does not hold."),
        (Rule.RESULT_MISSING, _E, "A result is not stored and nothing may run."),
        (Rule.RESULT_DRIFTED, _E, "A cell that is verified gives something else than what is recorded."),
        (
            Rule.RESULT_UNRECORDED,
            _E,
            "There is nothing recorded that a verified result can be compared with.",
        ),
        (Rule.INPUT_UNREADABLE, _E, "A declared input cannot be read."),
        (Rule.STORE_UNREADABLE, _W, "A stored entry was damaged and is made again."),
        (Rule.RECORDED_UNREADABLE, _W, "A recorded result is not what was recorded; it counts as missing."),
        (Rule.RECORDED_FOLDER, _E, "The folder for recorded results holds something else."),
        (Rule.REMOTE_FAILED, _E, "The place where results are shared cannot be used."),
        (Rule.REMOTE_UNREADABLE, _W, "A shared result is not what was shared; it counts as missing."),
        (Rule.HISTORY_UNREADABLE, _I, "Git does not tell when pages were changed."),
        (Rule.CARD_MISSING, _I, "No picture is drawn for those who share a page."),
        (Rule.LIBRARY_DIFFERS, _W, "Two variants save different code to one module of the library."),
        (Rule.PDF_FAILED, _E, "A printed book could not be set."),
        (Rule.PDF_PICTURE, _W, "A picture cannot be printed, and is left out."),
        (Rule.PDF_NOT_ACCESSIBLE, _I, "A printed book is not PDF/UA: it lacks what those who listen need."),
        (Rule.PICTURE_COARSE, _I, "A picture has fewer dots than print needs, 200 to the inch."),
        (Rule.FONT_UNKNOWN, _W, "A font that the settings of the printed book name is not there."),
        (Rule.GLYPH_MISSING, _W, "No font has a character of the book; a square stands for it."),
        (Rule.FORMULA_SCALED, _W, "A formula is wider than the printed line, and was set smaller."),
        (Rule.TABLE_DIVIDED, _I, "A table is wider than the printed page, and is set as several."),
        (Rule.EPUB_REMOTE, _W, "A page shows a picture from the web, which an e-book cannot hold."),
        (Rule.EPUB_PICTURE, _W, "A picture is none that e-books show, or is too large for many readers."),
        (Rule.EPUB_COVER, _I, "The cover of an e-book is drawn without the fonts that it should have."),
        (
            Rule.PANDOC_MISSING,
            _E,
            "Pandoc, which makes LaTeX and Word of the book, is not installed, or too old.",
        ),
        (Rule.PANDOC_FAILED, _E, "Pandoc could not make what was asked of it."),
        (Rule.PANDOC_WARNING, _W, "Something of the book could not be taken over into LaTeX or Word."),
        (Rule.WRITE_FAILED, _E, "An output cannot be written."),
        (Rule.IMPORT_KEPT, _W, "A file was changed since it was imported, and is not imported again."),
        (Rule.BUILD_LOCKED, _E, "Another build of the same book is running."),
        (Rule.USAGE, _E, "A command was called in a way it does not understand."),
        (Rule.INTERNAL, _E, "Etude itself failed; please report it."),
    )
}
