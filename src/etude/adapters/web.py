"""The server of a book that is being written: pages and files for browsers of this machine, a line to each.

Answers requests of this machine alone: those that name another host, or come from pages of another one, are
refused, so that no website can read or steer what is served here (DNS rebinding, cross-site requests).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket
    from uvicorn import Server

__all__ = ["Answer", "PortError", "Site", "WebServer"]

LINE: Final = "/_etude/line"
"""Where browsers open their line."""

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_START: Final = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for an address."""

    content: bytes | Path
    kind: str = ""
    """Its media type; empty: as the file's name says."""
    status: int = 200


class Site(Protocol):
    """What is served; asked from several threads."""

    def answer(self, path: str) -> Answer | None:
        """What is at an address, without its first slash and query; None when there is nothing."""
        ...

    def joined(self, client: int) -> None:
        """A browser has opened a line."""
        ...

    def left(self, client: int) -> None:
        """The line is closed."""
        ...

    def said(self, client: int, what: dict[str, Any]) -> None:
        """Something came through it."""
        ...


class PortError(Exception):
    """Nothing can be served there; the message says why."""


@dataclass(slots=True)
class _Line:
    """What is still to be sent to a browser."""

    _messages: list[tuple[str, str]] = field(default_factory=list)
    """Kinds and texts."""
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, kind: str, text: str) -> None:
        """Have a message sent; of pages only the newest, as a browser that sleeps reads none."""
        if kind == "page":
            self._messages = [one for one in self._messages if one[0] != kind]
        self._messages.append((kind, text))
        self._some.set()

    async def next(self) -> str:
        """The next message, once there is one."""
        while not self._messages:
            self._some.clear()
            await self._some.wait()
        return self._messages.pop(0)[1]


class WebServer:
    """A server in a thread of its own."""

    def __init__(self, site: Site, host: str, port: int, *, strict: bool) -> None:
        """Take the port; another one, if it is not free and may be another. Raises `PortError`.

        `host` is a loopback address.
        """
        self._site = site
        self._socket = _bound(host, port, strict=strict)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self._lines: dict[int, _Line] = {}
        self._numbers = itertools.count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._work, name="etude-serving", daemon=True)

    @property
    def url(self) -> str:
        """Where the site begins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()
        self._ready.wait(_START)

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(_START)
        self._socket.close()

    def send(self, client: int, message: Mapping[str, Any]) -> None:
        """Send a message to a browser; returns at once. Any thread may call this."""
        line, loop = self._lines.get(client), self._loop
        if line is not None and loop is not None:
            text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(line.put, str(message.get("kind")), text)

    def _work(self) -> None:
        import uvicorn  # noqa: PLC0415 -- only for who serves

        config = uvicorn.Config(
            self._app(),
            log_config=None,
            access_log=False,
            ws="wsproto",
            ws_max_size=1 << 20,
            ws_per_message_deflate=False,  # the line is as long as this machine
            lifespan="off",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        asyncio.run(self._serve(self._server))

    async def _serve(self, server: Server) -> None:
        self._loop = asyncio.get_running_loop()
        # Connections that come before the server is there wait at the socket.
        self._ready.set()
        await server.serve(sockets=[self._socket])

    def _app(self) -> Any:
        from starlette.applications import Starlette  # noqa: PLC0415 -- as above
        from starlette.middleware import Middleware  # noqa: PLC0415
        from starlette.routing import Route, WebSocketRoute  # noqa: PLC0415

        return Starlette(
            routes=[WebSocketRoute(LINE, self._open), Route("/{path:path}", self._get, methods=["GET"])],
            middleware=[Middleware(_Guard, names=self._names())],
        )

    def _names(self) -> frozenset[str]:
        """What this server may be called, as requests name it."""
        names = _LOOPBACK | {self.host}
        return frozenset(f"{f'[{name}]' if ':' in name else name}:{self.port}" for name in names)

    async def _get(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 -- as above
        from starlette.responses import FileResponse, Response  # noqa: PLC0415

        found = await run_in_threadpool(self._site.answer, request.path_params["path"])
        if found is None:
            return Response("not found", 404, media_type="text/plain")
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": "frame-ancestors 'self'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if isinstance(found.content, Path):
            return FileResponse(found.content, found.status, headers, found.kind or None)
        return Response(found.content, found.status, headers, found.kind or None)

    async def _open(self, socket: WebSocket) -> None:
        from starlette.websockets import WebSocketDisconnect  # noqa: PLC0415 -- as above

        await socket.accept()
        number, line = next(self._numbers), _Line()
        self._lines[number] = line
        self._site.joined(number)

        async def send() -> None:
            with suppress(WebSocketDisconnect, RuntimeError, OSError):  # it is gone
                while True:
                    await socket.send_text(await line.next())

        sending = asyncio.create_task(send())
        try:
            while True:
                with suppress(ValueError):
                    what = json.loads(await socket.receive_text())
                    if isinstance(what, dict):
                        self._site.said(number, what)
        except (WebSocketDisconnect, KeyError, RuntimeError):
            pass  # it is gone, or sent bytes
        finally:
            sending.cancel()
            del self._lines[number]
            self._site.left(number)


class _Guard:
    """Lets through what this machine's browsers ask of this server by its own name."""

    def __init__(self, app: Callable[..., Awaitable[None]], names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            if not self._welcome(headers, is_line=scope["type"] == "websocket"):
                await _refuse(scope["type"], send)
                return
        await self._app(scope, receive, send)

    def _welcome(self, headers: Mapping[bytes, str], *, is_line: bool) -> bool:
        site = headers.get(b"sec-fetch-site", "none")
        if site not in ("same-origin", "none") and headers.get(b"sec-fetch-dest") != "document":
            return False  # scripts and pictures are asked for without an origin
        origin = headers.get(b"origin")
        if headers.get(b"host", "").lower() not in self._names or (is_line and origin is None):
            return False
        return origin is None or (
            urlsplit(origin).scheme == "http" and urlsplit(origin).netloc in self._names
        )


async def _refuse(kind: str, send: Any) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    text = b"this server answers requests of its own pages only\n"
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text})


def _bound(host: str, port: int, *, strict: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    problem = ""
    for number in (port,) if strict else (*range(port, port + 20), 0):
        found = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform == "win32":  # there the other option would share a port that is in use
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, number))
            found.listen(64)
        except OSError as error:
            found.close()
            problem = problem or error.strerror or str(error)
        else:
            return found
    raise PortError(f"port {port} of {host} cannot be used: {problem}")
