"""What a verification works with: a store of its own beside the book's, and two ways to have results.

Everything that it makes lies in one folder below the book's scratch folder, and goes with it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etude.adapters.disk import OWNER, DiskFiles, WriteError
from etude.adapters.machine import cores
from etude.adapters.stamps import Stamps
from etude.build.options import BuildOptions, VerifyOptions
from etude.build.workers import Workers
from etude.model.config import Policy
from etude.model.progress import Progress, silent

if TYPE_CHECKING:
    from etude.adapters.store import SqliteStore
    from etude.build.book import Book
    from etude.execute.plan import Plan
    from etude.execute.run import Execution

__all__ = ["Bench", "bench", "recorded_results", "results_now"]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a verification works with."""

    files: DiskFiles
    options: VerifyOptions
    store: SqliteStore
    """Of its own; it starts empty."""
    recorded: SqliteStore
    """The book's, which is only read; what is recorded in the book's folder is laid over it."""
    settings: str
    """A folder without settings, but for an empty ``matplotlibrc``."""
    workers: Workers
    progress: Progress

    def build_options(self) -> BuildOptions:
        """The same choice of languages and variants, as a build has it."""
        options = self.options
        return BuildOptions(jobs=options.jobs, languages=options.languages, variants=options.variants)


@contextmanager
def bench(files: DiskFiles, options: VerifyOptions, progress: Progress) -> Iterator[Bench]:
    """A bench beside a book, cleared away in the end; raises `WriteError`."""
    from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- as in `run`
    from etude.adapters.store_reader import LayeredReader  # noqa: PLC0415
    from etude.build.outputs import stores  # noqa: PLC0415

    state = files.root / ".etude"
    scratch = state / "scratch"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix="verify-", dir=scratch)
        # Signed as desks are: what a killed verification leaves is swept away with theirs.
        Path(made.name, OWNER).write_text(f"{os.getpid()}\n", encoding="utf-8")
    except OSError as error:
        raise WriteError(scratch, error) from error
    with made as folder:
        settings = Path(folder, "settings")
        settings.mkdir()
        (settings / "matplotlibrc").touch()
        with (
            SqliteStore(Path(folder, "store")) as store,
            SqliteStore(Path(folder, "recorded")) as above,
            LayeredReader(state / "store", above) as recorded,
            stores(),
            Workers(options.jobs or cores()) as workers,
        ):
            yield Bench(files, options, store, recorded, str(settings), workers, progress)


def recorded_results(on: Bench, book: Book, plan: Plan) -> Execution:
    """What is stored of the book or recorded in it; nothing runs, and the book's store stays as it is."""
    return _execute(on, book, plan, on.recorded, "frozen", {}, silent, len(plan.runs))


def results_now(on: Bench, book: Book, plan: Plan, whole: int, before: Stamps) -> Execution:
    """Everything, in cold kernels and a clean environment; what comes of it is kept on the bench.

    `whole`: runs of the whole book. What is left out must not change the share of the others.
    """
    from etude.execute.clean import clean_environment  # noqa: PLC0415

    declared = plan.variables(book.config.execute)
    recipes = on.recorded.get_many("recipe", on.recorded.keys("recipe"))
    on.store.put_many("recipe", recipes.items())  # so that times can be estimated
    user_site = _is_in_user_site()
    clean = clean_environment(os.environ, declared, empty=on.settings, user_site=user_site)
    return _execute(on, book, plan, on.store, "force", clean, on.progress, whole, before)


def _execute(
    on: Bench,
    book: Book,
    plan: Plan,
    store: SqliteStore,
    policy: Policy,
    environment: Mapping[str, str],
    progress: Progress,
    whole: int,
    before: Stamps | None = None,
) -> Execution:
    from etude.build.executors import local_executor  # noqa: PLC0415
    from etude.execute.run import execute  # noqa: PLC0415

    jobs = min(on.workers.jobs, max(1, whole))
    with local_executor(book, jobs, before, environment) as here:
        return execute(
            plan,
            files=on.files,
            store=store,
            desks=here.desks,
            pool=here.pool,
            clock=time.monotonic,
            policy=policy,
            environment=environment,
            threads=here.threads,
            machine=here.machine,
            watch=here.watch,
            progress=progress,
            worker="cold",
        )


def _is_in_user_site() -> bool:
    """Whether Etude is installed in the user's own folder: then the packages there are the environment."""
    import site  # noqa: PLC0415 -- as above

    import etude  # noqa: PLC0415

    folder = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    return bool(folder) and os.path.realpath(etude.__file__).startswith(os.path.realpath(folder) + os.sep)
