"""Code that runs inside Python kernels, as the module `_etude`: seeds, figures, values.

Its source is sent to the kernel, so it imports nothing of Etude, and it keeps to what old
versions of Python understand. `prelude.prelude` gives the expression that installs it.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib.abc
import importlib.util
import io
import operator
import os
import random
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

OPERANDS = "application/vnd.etude.operands+json"

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


class Text:
    """A text that is displayed as it stands."""

    def __init__(self, text: str, **more: Any) -> None:
        """`more` are further entries of its MIME bundle."""
        self.text = text
        self.more = more

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        return {"text/plain": self.text, **self.more}


# ---- values: none of these leaves a trace in the state that later cells see


def show(expression: str, names: dict[str, Any]) -> Any:
    """A value for the prose: texts without quotes, NumPy's numbers as numbers, others as they display."""
    return _shown(_quietly(expression, names))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return Text(str(value))
    if type(value).__module__ == "numpy" and hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0:
        return Text(str(value))
    return value


def number(expression: str, names: dict[str, Any]) -> Text:
    """A number, or nested lists of numbers, as Python text."""
    return Text(repr(_plain(_quietly(expression, names))))


def truth(expression: str, names: dict[str, Any], operators: Sequence[str] = ()) -> Text:
    """Whether a claim holds; with `operators`, the expression gives the operands of a comparison."""
    value = _quietly(expression, names)
    if not operators:
        return Text(repr(bool(value)))
    pairs = zip(operators, value, value[1:])  # noqa: B905 -- newer than some kernels
    holds = all(bool(_OPERATORS[name](left, right)) for name, left, right in pairs)
    return Text(repr(holds), **{OPERANDS: [_short(item) for item in value]})


def _plain(value: Any) -> Any:
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (bool, int, float, complex)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return float(value)


def _short(value: Any) -> str:
    text = str(_shown(value)) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else text[:199] + "…"


def _quietly(expression: str, names: dict[str, Any]) -> Any:
    with warnings.catch_warnings():
        # What the compiler says of an author's expression is no output of the cell before it.
        warnings.simplefilter("ignore")
        code = compile(expression, "<eval>", "eval", dont_inherit=True)
    restore = [_keep(module) for module in ("random", "numpy", "torch") if module in sys.modules]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return eval(code, names)  # noqa: S307 -- the book's own code, where its cells run
    finally:
        for back in restore:
            back()


def _keep(name: str) -> Callable[[], Any]:
    """A function that gives a random generator its present state back."""
    try:
        if name == "random":
            state = random.getstate()
            return lambda: random.setstate(state)
        module = sys.modules[name].random
        if name == "numpy":
            numpy_state = module.get_state()
            return lambda: module.set_state(numpy_state)
        torch_state = module.get_rng_state()
        return lambda: module.set_rng_state(torch_state)
    except Exception:  # noqa: BLE001 -- a half-imported package is not ours to report
        return lambda: None


# ---- preparation


def prepare(seed: int) -> None:
    """Seed what draws random numbers, now or when it is imported, and set up figures."""
    random.seed(seed)
    hooks: dict[str, Callable[[Any], None]] = {
        "numpy.random": lambda module: _seed_numpy(module, seed),
        "torch": lambda module: module.manual_seed(seed),
        "tensorflow": lambda module: module.random.set_seed(seed),
        "matplotlib": _set_up_matplotlib,
    }
    for name in list(hooks):
        if name in sys.modules:
            _call(hooks.pop(name), sys.modules[name])
    sys.meta_path.insert(0, _AfterImport(hooks))
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        # Read when the first figure is made; nothing is imported here.
        shell.config.InlineBackend.figure_formats = {"retina"}
        for stream in (sys.stdout, sys.stderr):
            if getattr(stream, "_should_watch", False):
                _call(_ChildOutput, stream)
            _call(_send_in_pieces, stream)


def _call(hook: Callable[[Any], Any], module: Any) -> None:
    # A package, or a kernel, of another version must work as it would without us.
    with contextlib.suppress(Exception):
        hook(module)


def _seed_numpy(module: Any, start: int) -> None:
    module.seed(start % 2**32)
    original = module.default_rng
    made: list[int] = []

    def default_rng(seed: Any = None) -> Any:
        """Like NumPy's, but without a seed it takes the next of a fixed sequence of seeds."""
        if seed is None:
            made.append(0)
            seed = module.SeedSequence([start, len(made)])
        return original(seed)

    default_rng.__wrapped__ = original  # type: ignore[attr-defined]
    default_rng.__doc__ = original.__doc__
    module.default_rng = default_rng


def _set_up_matplotlib(module: Any) -> None:
    module.rcParams["svg.hashsalt"] = "etude"


class _ChildOutput:
    """What child processes print, handed to a stream of the kernel without loss and in time.

    The kernel has a thread for it, too, but that one may cut characters in two, and nobody
    can tell when it is done. This one replaces it on the file descriptor.
    """

    MARK = b"\x00etude:all-read\x00"

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.descriptor = stream._original_stdstream_fd  # noqa: SLF001 -- there is no public way
        self.reader, writer = os.pipe()
        self.done = threading.Event()
        self.pid = os.getpid()
        os.dup2(writer, self.descriptor)
        os.close(writer)
        # Its close would wait for the thread that reads no more.
        stream._should_watch = False  # noqa: SLF001
        # The kernel flushes before it shows a value and when a cell ends: what was printed goes first.
        flush = stream.flush

        def flush_all() -> None:
            if threading.current_thread() is threading.main_thread():
                self.wait()
            flush()

        stream.flush = flush_all
        threading.Thread(target=self._pass_on, daemon=True).start()

    def wait(self) -> None:
        """Wait until all that was printed so far is in the stream."""
        if os.getpid() == self.pid:
            self.done.clear()
            os.write(self.descriptor, self.MARK)
            self.done.wait(5)

    def _pass_on(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        kept = b""
        while True:
            data = os.read(self.reader, 65536)
            if not data:
                break
            data = kept + data
            done = self.MARK in data
            data = data.replace(self.MARK, b"")
            # The mark itself may come in two pieces.
            size = max(n for n in range(len(self.MARK)) if data.endswith(self.MARK[:n]))
            data, kept = data[: len(data) - size], data[len(data) - size :]
            text = decode(data)
            if text:
                self.stream.write(text)
            if done:
                self.done.set()


def _send_in_pieces(stream: Any) -> None:
    """Flush whenever much was written: who reads the messages need not hold more than that."""
    write, flush = stream.write, stream.flush
    most = 1_000_000
    waiting = [0]

    def write_pieces(text: str) -> Any:
        for start in range(0, max(len(text), 1), most):
            piece = text[start : start + most]
            write(piece)
            waiting[0] += len(piece)
            if waiting[0] >= most:
                waiting[0] = 0
                flush()
        return len(text)

    stream.write = write_pieces


class _AfterImport(importlib.abc.MetaPathFinder):
    """Calls a function with a module just after it is imported for the first time."""

    def __init__(self, hooks: dict[str, Callable[[Any], None]]) -> None:
        self.hooks = hooks

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        hook = self.hooks.pop(name, None)
        if hook is None:
            return None
        # The entry is gone, so this asks the other finders.
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        loader = spec.loader
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            _call(hook, module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
