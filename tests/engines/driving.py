"""Firefox and WebKit driven as by a reader: keys and pointers go in, what scripts say and pictures come out.

Both understand the commands of W3C WebDriver: WebKit's driver over HTTP, Firefox over the socket that
geckodriver would use, which is in no package that one can install.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

# The names of the same commands: for WebKit's driver (a method and a path) and for Firefox.
COMMANDS = {
    "NewSession": "POST ",
    "DeleteSession": "DELETE ",
    "Navigate": "POST /url",
    "ExecuteScript": "POST /execute/sync",
    "PerformActions": "POST /actions",
    "SetWindowRect": "POST /window/rect",
    "SetTimeouts": "POST /timeouts",
    "TakeScreenshot": "GET /screenshot",
}
KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Alt": "\ue00a",
    "Escape": "\ue00c",
    "Space": " ",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
PATIENCE = 10.0
"""Seconds that a condition may take to come true."""


class RefusedError(Exception):
    """A browser would not do what it was asked."""


class Line(Protocol):
    """What carries commands to a browser that it has started."""

    def send(self, command: str, body: Mapping[str, Any]) -> Any:
        """Its answer; raises `RefusedError`."""

    def resize(self, width: int, height: int) -> None:
        """Give the page a viewport of this size, in CSS pixels, where the system lets it."""

    def close(self) -> None:
        """End the browser."""


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listening(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RefusedError(f"nothing answers at port {port}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


FIREFOX_SETTINGS = {
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.aboutwelcome.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "remote.log.truncate": False,
}


class FirefoxLine:
    """Firefox without a window, in a profile of its own: messages with their length before them."""

    def __init__(self, program: str) -> None:
        """Start it; returns when it answers."""
        self.profile = Path(tempfile.mkdtemp(prefix="etude-firefox-"))
        port = _free_port()
        settings = {**FIREFOX_SETTINGS, "marionette.port": port}
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in settings.items())
        (self.profile / "user.js").write_text("".join(lines), "utf-8")
        options = (
            "--headless",
            "--marionette",
            "--remote-allow-system-access",
            "--profile",
            str(self.profile),
        )
        self.process = subprocess.Popen(
            [program, *options, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "HOME": str(self.profile),
                "MOZ_HEADLESS_WIDTH": "1700",
                "MOZ_HEADLESS_HEIGHT": "1200",
            },
        )
        _listening(port, self.process)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.turn = 0
        self._receive()  # how it is called

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.socket.recv(1) or b":"
        text = b""
        while len(text) < int(length[:-1]):
            text += self.socket.recv(int(length[:-1]) - len(text))
        return json.loads(text)

    def send(self, command: str, body: Mapping[str, Any]) -> Any:
        self.turn += 1
        name = command if ":" in command else f"WebDriver:{command}"
        message = json.dumps([0, self.turn, name, body]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        _, turn, problem, answer = self._receive()
        assert turn == self.turn
        if problem:
            raise RefusedError(f"{problem['error']}: {problem['message']}")
        return answer["value"] if isinstance(answer, dict) and "value" in answer else answer

    def chrome(self, script: str, *arguments: object) -> Any:
        """Run a script in the browser itself rather than in the page."""
        self.send("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.send("ExecuteScript", {"script": script, "args": arguments})
        finally:
            self.send("Marionette:SetContext", {"value": "content"})

    def resize(self, width: int, height: int) -> None:
        # A window is never as narrow as a phone, but the page in it may be.
        self.chrome(
            """const { style } = gBrowser.selectedBrowser;
            for (const side of ["min", "max"]) {
              style.setProperty(side + "-width", arguments[0] + "px");
              style.setProperty(side + "-height", arguments[1] + "px");
            }""",
            width,
            height,
        )

    def close(self) -> None:
        self.socket.close()
        _stop(self.process)
        shutil.rmtree(self.profile, ignore_errors=True)


class WebKitLine:
    """WebKit's small browser, behind its driver, on a display that nobody sees."""

    def __init__(self, driver: str, browser: str, display: str) -> None:
        """Start them; returns when the driver answers."""
        self.home = Path(tempfile.mkdtemp(prefix="etude-webkit-"))
        reading, writing = os.pipe()
        screen = ("-screen", "0", "1700x1300x24", "-nolisten", "tcp", "-displayfd", str(writing))
        self.display = subprocess.Popen([display, *screen], pass_fds=(writing,), stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as said:
            number = said.readline().strip()
        port = _free_port()
        self.driver = subprocess.Popen(
            [driver, f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "DISPLAY": f":{number}",
                "HOME": str(self.home),
                "GDK_BACKEND": "x11",
                "NO_AT_BRIDGE": "1",
            },
        )
        _listening(port, self.driver)
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.browser, self.session = browser, ""

    def send(self, command: str, body: Mapping[str, Any]) -> Any:
        if command == "NewSession":
            options = {"webkitgtk:browserOptions": {"binary": self.browser, "args": ["--automation"]}}
            body = {"capabilities": {"alwaysMatch": {**body, **options}}}
        method, path = COMMANDS[command].split(" ")
        content = json.dumps(body) if method == "POST" else None
        self.http.request(method, f"/session{self.session}{path}", content)
        answer = json.loads(self.http.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RefusedError(f"{answer['error']}: {answer.get('message')}")
        if command == "NewSession":
            self.session = f"/{answer['sessionId']}"
        return answer

    def resize(self, width: int, height: int) -> None:
        for _ in range(2):  # what surrounds the page is known once there is a page
            around = self.send(
                "ExecuteScript",
                {"script": "return [outerWidth - innerWidth, outerHeight - innerHeight]", "args": []},
            )
            size = {"width": width + around[0], "height": height + around[1]}
            self.send("SetWindowRect", size)

    def close(self) -> None:
        with suppress(RefusedError, OSError, http.client.HTTPException):
            self.send("DeleteSession", {})
        self.http.close()
        _stop(self.driver, self.display)
        shutil.rmtree(self.home, ignore_errors=True)


class Browser:
    """One window, and what a reader does in it."""

    def __init__(self, line: Line) -> None:
        """Open a window over a line."""
        self.line = line
        self.line.send("NewSession", {"pageLoadStrategy": "normal"})
        self.line.send("SetTimeouts", {"script": 20_000, "pageLoad": 20_000})

    def open(self, address: str) -> None:
        """Go to an address; returns when the page has loaded and is shown."""
        self.line.send("Navigate", {"url": address})
        self.until(
            "document.readyState === 'complete' && !document.documentElement.classList.contains('wait')"
        )

    def ask(self, script: str, *arguments: object) -> Any:
        """What a script returns: an expression, or statements that return."""
        body = script if re.search(r"\breturn\b", script) else f"return ({script})"
        return self.line.send("ExecuteScript", {"script": body, "args": arguments})

    def until(self, condition: str, *arguments: object) -> Any:
        """Wait until an expression is true; what it is then."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                found = self.ask(condition, *arguments)
            except RefusedError as why:  # between two pages there is none
                found, last = None, why
            else:
                last = None
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"it never came true: {condition} ({last or found})")
            time.sleep(0.02)

    def find(self, selector: str) -> Any:
        """The first element that a selector names, once it is there and has a box, brought into view."""
        return self.until(
            """const one = document.querySelector(arguments[0]);
            if (!one || !one.getClientRects().length) return null;
            const { x, y, width, height } = one.getClientRects()[0];
            const met = document.elementFromPoint(x + width / 2, y + height / 2);
            if (!one.contains(met)) one.scrollIntoView({ block: "center", behavior: "instant" });
            return one;""",
            selector,
        )

    def _act(self, kind: str, steps: list[dict[str, Any]], **more: Any) -> None:
        device = {"type": kind, "id": kind + str(more), "actions": steps, **more}
        self.line.send("PerformActions", {"actions": [device]})

    def move(self, selector: str) -> None:
        """Rest the mouse on the first line of an element."""
        self._pointer("mouse", selector, press=False)

    def click(self, selector: str) -> None:
        """Click on an element with the mouse."""
        self._pointer("mouse", selector, press=True)

    def tap(self, selector: str) -> None:
        """Tap on an element with a finger."""
        self._pointer("touch", selector, press=True)

    def _pointer(self, pointer: str, selector: str, *, press: bool) -> None:
        self.find(selector)
        x, y = self.ask(
            """const { x, y, width, height } = document.querySelector(arguments[0]).getClientRects()[0];
            return [Math.round(x + width / 2), Math.round(y + height / 2)];""",
            selector,
        )
        steps: list[dict[str, Any]] = [
            {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}
        ]
        if press:
            steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act("pointer", steps, parameters={"pointerType": pointer})

    def press(self, *chords: str) -> None:
        """Press keys one after another: `Enter`, `Control+k`, `?`."""
        for chord in chords:
            *held, last = chord.split("+") if len(chord) > 1 else [chord]
            codes = [KEYS.get(name, name) for name in (*held, last)]
            down = [{"type": "keyDown", "value": code} for code in codes]
            up = [{"type": "keyUp", "value": code} for code in reversed(codes)]
            self._act("key", [*down, *up])

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.press(*text)

    def resize(self, width: int, height: int) -> None:
        """Give the page a viewport of this size."""
        self.line.resize(width, height)
        self.until("Math.abs(innerWidth - arguments[0]) < 60", width)  # WebKit's window has a least width

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self.line.send("TakeScreenshot", {"full": False}))

    def close(self) -> None:
        """End the browser."""
        self.line.close()


FIREFOXES = ("firefox-esr", "firefox")
MINI_BROWSERS = "/usr/lib/*/webkit*gtk-*/MiniBrowser"


def firefox() -> Browser:
    """Firefox; raises `RefusedError` where it isn't installed."""
    program = next(filter(None, map(shutil.which, FIREFOXES)), None)
    if program is None:
        raise RefusedError(f"none of these is installed: {', '.join(FIREFOXES)}")
    return Browser(FirefoxLine(program))


def webkit() -> Browser:
    """WebKit's small browser; raises `RefusedError` where something that it needs isn't installed."""
    driver, display = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browser = next((str(path) for path in sorted(Path("/").glob(MINI_BROWSERS[1:]))), None)
    if not (driver and display and browser):
        raise RefusedError("one of these isn't installed: WebKitWebDriver, MiniBrowser, Xvfb")
    return Browser(WebKitLine(driver, browser, display))


ENGINES = {"firefox": firefox, "webkit": webkit}
