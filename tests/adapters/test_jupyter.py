"""Real kernels: what they answer, how they end, and that nothing of them is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from etude.adapters.jupyter_outputs import Gathering
from etude.adapters.jupyter_specs import KernelSpec, find_kernel, installed_kernels
from etude.adapters.jupyter_wire import Message, Wire
from etude.adapters.kernels import LocalKernels
from etude.execute.failure import strip_ansi
from etude.model.protocols import KernelError, KernelNeeds
from etude.model.result import Display, Failure, Result, Stream, Value
from tests.adapters.alive import alive, gone

MB = 1_000_000
# Of another environment a parent of its own is made: the name of the test must be none.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}


BACKENDS = ["cold"] if sys.platform != "linux" else ["cold", "warm", "lean"]


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request):
    """Every kind of kernel: what a page can do in one, it can do in all."""
    return request.param


@pytest.fixture(scope="module")
def needs(backend):
    return KernelNeeds("python3", backend=backend)


@pytest.fixture(scope="module")
def kernels():
    made = LocalKernels(grace=1.0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(kernels, needs, tmp_path_factory):
    """A kernel for tests that leave it working."""
    kernel = kernels.start(needs, ENVIRONMENT, str(tmp_path_factory.mktemp("work")))
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(kernels, needs, tmp_path):
    """A kernel for tests that may harm it."""
    made = kernels.start(needs, ENVIRONMENT, str(tmp_path))
    yield made
    made.close()


def run(kernel, code, *expressions, timeout=30.0, limit=MB):
    return kernel.execute(code, [(text, text) for text in expressions], timeout, limit)


def number(reply):
    return int(reply.outputs[-1].data["text/plain"])


# ---- without a kernel


def test_an_unknown_kernel_lists_the_installed():
    with pytest.raises(KernelError) as caught:
        find_kernel("python-99")
    message, *hints = caught.value.args
    assert message == "it is not installed"
    assert "python3" in hints[0]
    assert "python3" in installed_kernels()


def test_a_kernel_is_found_where_jupyter_looks(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "odd"
    folder.mkdir(parents=True)
    spec = {
        "argv": ["run", "{resource_dir}/x", "{connection_file}"],
        "env": {"A": "b"},
        "interrupt_mode": "message",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = find_kernel("odd")
    assert found.command("f") == ["run", f"{folder}/x", "f"]
    assert (found.environment, found.interrupt_by_message) == ({"A": "b"}, True)
    assert "odd" in installed_kernels()
    (folder / "kernel.json").write_text("{")
    with pytest.raises(KernelError):
        find_kernel("odd")


def test_python_is_the_one_that_runs_us():
    assert KernelSpec(("python", "-m", "x"), "").command("f")[0] == sys.executable


def test_messages_are_signed():
    wire = Wire("key")
    name, frames = wire.pack("execute_request", {"code": "x"})
    message = wire.unpack([b"topic", *frames])
    assert message == Message("execute_request", "", b'{"code":"x"}')
    assert name
    assert Wire("other").unpack(frames) is None
    assert wire.unpack([b"x"]) is None
    assert wire.unpack([*frames[:2], b"{", *frames[3:]]) is None


def said(kind, **content):
    return Message(kind, "", json.dumps(content).encode())


def gathered(*messages, limit=MB):
    made = Gathering(limit)
    for message in messages:
        made.add(message)
    return made


def test_streams_are_joined():
    made = gathered(
        *(said("stream", name=n, text=t) for n, t in (("stdout", "a"), ("stdout", "b"), ("stderr", "c")))
    )
    assert made.outputs() == (Stream("stdout", "ab"), Stream("stderr", "c"))


def test_displays_are_updated_and_cleared():
    first = said("display_data", data={"a": "1"}, metadata={}, transient={"display_id": "x"})
    update = said("update_display_data", data={"a": "2"}, metadata={}, transient={"display_id": "x"})
    assert gathered(first, update).outputs() == (Display({"a": "2"}),)
    text = said("stream", name="stdout", text="t")
    assert gathered(text, said("clear_output", wait=False)).outputs() == ()
    assert gathered(text, said("clear_output", wait=True)).outputs() == (Stream("stdout", "t"),)
    assert gathered(text, said("clear_output", wait=True), first).outputs() == (Display({"a": "1"}),)
    assert gathered(first, said("clear_output", wait=False), update).outputs() == ()


def test_an_update_of_an_earlier_cell_is_shown_where_it_was_made():
    update = said("update_display_data", data={"a": "3"}, metadata={}, transient={"display_id": "y"})
    assert gathered(update).outputs() == (Display({"a": "3"}),)


def test_data_that_is_no_text_is_json():
    data = {"text/plain": ["a\n", "b"], "application/x-foo": {"z": [1]}, "application/x+json": {"z": [1]}}
    (shown,) = gathered(said("display_data", data=data)).outputs()
    assert shown.data == {
        "text/plain": "a\nb",
        "application/x-foo": '{"z": [1]}',
        "application/x+json": {"z": [1]},
    }


def test_outputs_are_cut_at_the_limit():
    failure = said("error", ename="E", evalue="v", traceback=["t"])
    many = [said("stream", name="stdout", text="字" * 10) for _ in range(100)]
    made = gathered(*many, said("display_data", data={"a": "b"}), failure, limit=1000)
    stream, error = made.outputs()
    assert made.truncated
    assert set(stream.text) == {"字"}
    assert len(stream.text.encode()) <= 1000
    assert error == Failure("E", "v", ("t",))


def test_odd_messages_do_no_harm():
    made = gathered(
        Message("stream", "", b"{"),
        said("display_data"),
        said("execute_result"),
        said("error"),
        said("status"),
        said("comm_open"),
        said("clear_output"),
    )
    assert made.outputs() == ()


# ---- with one


@pytest.mark.kernel
def test_a_cell_and_its_values(shared):
    reply = run(shared, "import sys\nx = 2\nprint('o')\nx + 1", "x", "no", "'<b>'")
    assert (reply.status, reply.truncated) == ("ok", False)
    assert reply.outputs == (Stream("stdout", "o\n"), Result({"text/plain": "3"}, {}, reply.execution_count))
    assert reply.values == {
        "x": Value("2"),
        "no": Value(error="NameError: name 'no' is not defined"),
        "'<b>'": Value("'<b>'"),
    }


@pytest.mark.kernel
def test_rich_values_keep_their_bundle(shared):
    code = "class H:\n    def _repr_html_(self): return '<i>'\n    def __repr__(self): return 'h'"
    assert run(shared, code, "H()").values["H()"] == Value("h", {"text/html": "<i>", "text/plain": "h"})


@pytest.mark.kernel
def test_an_error(shared):
    reply = run(shared, "def f():\n    return 1 / 0\nprint('a')\nf()", "1")
    assert reply.status == "error"
    assert reply.values == {}
    stream, failure = reply.outputs
    assert (stream, failure.ename, failure.evalue) == (
        Stream("stdout", "a\n"),
        "ZeroDivisionError",
        "division by zero",
    )
    trace = strip_ansi("\n".join(failure.traceback))
    assert f"Cell In[{reply.execution_count}], line 4" in trace
    assert f"Cell In[{reply.execution_count}], line 2, in f()" in trace


@pytest.mark.kernel
def test_a_cell_without_code_has_no_number(shared):
    before = run(shared, "1").execution_count
    assert run(shared, "", "1 + 1").values == {"1 + 1": Value("2")}
    assert run(shared, "1").execution_count == before + 1


@pytest.mark.kernel
def test_displays_and_updates(shared):
    code = (
        "from IPython.display import display, clear_output\n"
        "h = display('one', display_id=True)\ndisplay('two')\nh.update('three')"
    )
    assert [output.data["text/plain"] for output in run(shared, code).outputs] == ["'three'", "'two'"]
    assert run(shared, "print('a')\nclear_output()\nprint('b')").outputs == (Stream("stdout", "b\n"),)


@pytest.mark.kernel
def test_what_json_has_no_form_for(shared):
    code = (
        "import datetime\nclass H:\n    def _repr_png_(self): return b'\\x89PNG'\n"
        "    def _repr_json_(self): return {'day': datetime.datetime(2024, 1, 2)}\n"
        "    def __repr__(self): return 'h'\nH()"
    )
    (shown,) = run(shared, code).outputs
    assert shown.data["image/png"] == "iVBORw=="
    assert shown.data["application/json"]["day"].startswith("2024-01-02")


@pytest.mark.kernel
def test_input_is_refused(shared):
    reply = run(shared, "input('name?')", timeout=10)
    assert (reply.status, reply.outputs[-1].ename) == ("error", "StdinNotImplementedError")


@pytest.mark.kernel
def test_top_level_await_magics_and_the_shell(shared):
    assert run(shared, "import asyncio\nawait asyncio.sleep(0, 7)").outputs[0].data == {"text/plain": "7"}
    assert run(shared, "files = !echo a b\nfiles[0]").outputs[0].data == {"text/plain": "'a b'"}
    assert run(shared, "%%capture c\nprint(1)").outputs == ()


@pytest.mark.kernel
def test_a_hundred_cells_are_fast(shared):
    started = time.monotonic()
    for _ in range(100):
        assert run(shared, "y = 1").status == "ok"
    assert time.monotonic() - started < 5


@pytest.mark.kernel
def test_interrupting_leaves_it_alive(shared):
    run(shared, "z = 5")
    reply = run(shared, "import time\nprint('a', flush=True)\ntime.sleep(60)", timeout=0.3)
    assert reply.status == "timeout"
    assert reply.outputs[0] == Stream("stdout", "a\n")
    assert reply.seconds < 5
    assert run(shared, "z", timeout=5).outputs[0].data == {"text/plain": "5"}


@pytest.mark.kernel
def test_a_hundred_megabytes_are_cut(shared):
    reply = run(shared, "line = 'x' * 9_999\nfor _ in range(10_000):\n    print(line)", timeout=60)
    assert (reply.status, reply.truncated) == ("ok", True)
    assert 0.5 * MB < len(reply.outputs[0].text) <= MB
    assert run(shared, "1").outputs[0].data == {"text/plain": "1"}


@pytest.mark.kernel
def test_many_displays_lose_nothing(shared):
    reply = run(shared, "for n in range(3000):\n    display(n)", timeout=60)
    assert [int(output.data["text/plain"]) for output in reply.outputs] == list(range(3000))


STOPPED = """
import os, sys
from etude.adapters.kernels import LocalKernels
from etude.model.protocols import KernelNeeds
kernels = LocalKernels()
kernel = kernels.start(KernelNeeds("python3", backend=sys.argv[2]), dict(os.environ), sys.argv[1])
code = f'''
import os, signal, sys
os.kill({os.getpid()}, signal.SIGSTOP)
for n in range(6000):
    display(str(n).zfill(500))
sys.stdout.flush()
os.kill({os.getpid()}, signal.SIGCONT)
'''
reply = kernel.execute(code, (), 60, 10**8)
print(reply.status, len(reply.outputs))
kernels.close()
"""


@pytest.mark.kernel
@pytest.mark.parametrize("name", [name for name in BACKENDS if name != "lean"])
def test_a_builder_that_is_stopped_for_a_while_loses_nothing(tmp_path, name):
    """A lean worker waits for the builder; whole kernels have to keep what they say."""
    command = [sys.executable, "-c", STOPPED, str(tmp_path), name]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert ("ok 6000\n", "") == (done.stdout, done.stderr)


# ---- ends


@pytest.mark.kernel
@pytest.mark.parametrize(
    "code",
    [
        "import os\nprint('a', flush=True)\nos._exit(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
    ],
)
def test_a_dead_kernel(kernel, code):
    reply = run(kernel, code)
    assert reply.status == "dead"
    assert reply.seconds < 5
    assert run(kernel, "1").status == "dead"


@pytest.mark.kernel
def test_a_cell_that_cannot_be_interrupted_is_killed(kernel):
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    reply = run(kernel, code, timeout=0.3)
    assert reply.status == "timeout"
    assert reply.seconds < 5


@pytest.mark.kernel
def test_a_dead_kernels_child_holds_nobody(kernel):
    reply = run(kernel, "import os, time\nif os.fork() == 0:\n    time.sleep(60)\nos._exit(0)")
    assert reply.status == "dead"
    assert reply.seconds < 5


@pytest.mark.kernel
def test_closing_ends_every_process(kernel):
    own = number(run(kernel, "import os\nos.getpid()"))
    fork = number(
        run(kernel, "import time\np = os.fork()\nif p == 0:\n    time.sleep(60)\n    os._exit(0)\np")
    )
    session = number(
        run(kernel, "import subprocess as s\nq = s.Popen(['sleep', '60'], start_new_session=True)\nq.pid")
    )
    code = "s.run('setsid sh -c \"sleep 60 & echo \\$!\"', shell=True, capture_output=True, text=True).stdout"
    orphan = number(run(kernel, f"int({code.replace('sleep 60 &', 'sleep 60 >/dev/null 2>&1 &')})"))
    pids = (own, fork, session, orphan)
    assert all(map(alive, pids))
    kernel.close()
    assert gone(*pids)


PARENT = """
import os, sys
from etude.adapters.kernels import LocalKernels
from etude.model.protocols import KernelNeeds
kernels = LocalKernels()
kernel = kernels.start(KernelNeeds("python3", backend=sys.argv[2]), dict(os.environ), sys.argv[1])
code = '''
import os, subprocess
print(os.getpid(), subprocess.Popen(['sleep', '60'], start_new_session=True).pid)
'''
print(kernel.execute(code, (), 30, 1000).outputs[0].text, flush=True)
kernel.execute("while True: pass", (), 60, 1000)
"""


@pytest.mark.kernel
def test_a_killed_builder_leaves_nothing(tmp_path, backend):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), backend],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    pids = [int(text) for text in parent.stdout.readline().split()]
    assert all(map(alive, pids))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(*pids)
    until = time.monotonic() + 5
    while time.monotonic() < until and list(tmp_path.glob("etude-*")):
        time.sleep(0.01)
    assert list(tmp_path.glob("etude-*")) == []


@pytest.mark.kernel
def test_closing_all_from_another_thread_ends_a_wait(tmp_path, needs):
    kernels = LocalKernels()
    kernel = kernels.start(needs, dict(os.environ), str(tmp_path))
    timer = threading.Timer(0.3, kernels.close)
    timer.start()
    assert run(kernel, "while True: pass", timeout=60).status == "dead"
    timer.join()
    kernel.close()
    kernel.close()
    with pytest.raises(KernelError):
        kernels.start(needs, dict(os.environ), str(tmp_path))


@pytest.mark.kernel
def test_a_kernel_that_does_not_start(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "bad"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": ["python", "-c", "raise SystemExit('no luck')"]}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(KernelError) as caught:
        LocalKernels().start(KernelNeeds("bad"), dict(os.environ), str(tmp_path))
    assert caught.value.args == ("it ended while it started", "it said: no luck")
    (folder / "kernel.json").write_text(json.dumps({"argv": ["/no/such/program"]}))
    with pytest.raises(KernelError) as caught:
        LocalKernels().start(KernelNeeds("bad"), dict(os.environ), str(tmp_path))
    assert "No such file" in caught.value.args[1]
    (folder / "kernel.json").write_text(json.dumps({"argv": ["sleep", "60"]}))
    with pytest.raises(KernelError) as caught:
        LocalKernels(start_timeout=0.3).start(KernelNeeds("bad"), dict(os.environ), str(tmp_path))
    assert caught.value.args == ("it did not start within 0.3 s",)


@pytest.mark.kernel
def test_modules_are_found_where_the_run_and_the_user_keep_them(kernels, needs, tmp_path):
    for name in ("run", "user"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of_{name}.py").write_text(f"x = {name!r}")
        (tmp_path / name / "of_both.py").write_text(f"x = {name!r}")
    own, users = str(tmp_path / "run"), str(tmp_path / "user")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((own, users))}
    kernel = kernels.start(needs, environment, str(tmp_path), [own])
    reply = run(kernel, "import of_run, of_user, of_both\nprint(of_run.x, of_user.x, of_both.x)")
    assert reply.outputs == (Stream("stdout", "run user run\n"),)
    kernel.close()


@pytest.mark.kernel
def test_the_users_profile_does_not_show(kernels, needs, tmp_path):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "a.py").write_text("secret = 1")
    kernel = kernels.start(needs, {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")}, str(tmp_path))
    assert run(kernel, "secret").status == "error"
    kernel.close()
    home = getattr(kernel, "_home", None)
    assert home is None or not home.exists()


def test_only_what_is_kept_counts_against_the_limit():
    text = said("stream", name="stdout", text="x" * 100)
    clear = said("clear_output", wait=True)
    made = gathered(*(message for _ in range(50) for message in (clear, text)), limit=300)
    assert (made.truncated, made.outputs()) == (False, (Stream("stdout", "x" * 100),))
    made = gathered(*([text] * 5), clear, text, limit=300)
    assert (made.truncated, made.outputs()) == (False, (Stream("stdout", "x" * 100),))
    first = said("display_data", data={"a": "x" * 100}, metadata={}, transient={"display_id": "x"})
    update = said("update_display_data", data={"a": "y" * 100}, metadata={}, transient={"display_id": "x"})
    made = gathered(first, *([update] * 50), limit=600)
    assert (made.truncated, made.outputs()) == (False, (Display({"a": "y" * 100}),))
    assert gathered(*([first] * 50), limit=600).truncated


def test_an_exception_that_is_not_published_is_taken_from_the_answer(shared):
    failure = run(shared, "raise ExceptionGroup('both', [ValueError(1)])").outputs[-1]
    assert isinstance(failure, Failure)
    assert failure.ename == "ExceptionGroup"
