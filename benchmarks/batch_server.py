"""A provider's batch API on loopback that answers, or misbehaves, by script.

    with BatchServer(expire(10), fail("too many"), answer=answered) as server:
        ...                     # the first batch expires after ten answers, the second fails
    server.bought               # how often each request was answered

Batches beyond the script are answered whole, at the first look.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_BOUNDARY = re.compile(rb"boundary=\"?([^\";]+)")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one batch.

    Attributes:
        status: What it ends as.
        answers: How many of its requests are answered; None: all.
        errors: What the others come to, in the file of errors; None: they are left out.
        looks: How often it is looked for before it is over.
        reason: Why it failed as a whole.
        lost: Whether the answer to its making is lost on the way.
        torn: How often its results are cut off in the middle.
        twice: Whether each line of its results comes twice, in the other order.
    """

    status: str = "completed"
    answers: int | None = None
    errors: tuple[int, str] | None = None
    looks: int = 0
    reason: str | None = None
    lost: bool = False
    torn: int = 0
    twice: bool = False


def expire(answers: int) -> Fate:
    """It expires when so many are answered; the others are said to have expired."""
    return Fate("expired", answers, (0, "batch_expired"))


def fail(reason: str) -> Fate:
    """It fails as a whole, and nothing is answered."""
    return Fate("failed", 0, reason=reason)


@dataclass(slots=True)
class _Batch:
    fate: Fate
    file: str
    requests: list[dict[str, Any]]
    looks: int = 0
    status: str = "in_progress"
    results: dict[str, bytes] = field(default_factory=dict)
    torn: int = 0


class BatchServer:
    """The server: a context manager with threads of its own.

    Attributes:
        bought: How often each request was answered, by the user's words in it.
        live: How many of those were asked at once.
        uploads: Bytes of each file that came up.
        answer: What a request is answered, by its body.
    """

    def __init__(self, *fates: Fate, answer: Callable[[Any], bytes]) -> None:
        self._fates = list(fates)
        self.bought: Counter[str] = Counter()
        self.live = 0
        self.uploads: list[bytes] = []
        self.answer = answer
        self.batches: dict[str, _Batch] = {}
        self.has_list = True
        self._files: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def base_url(self) -> str:
        """Up to and including ``/v1``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def handle(  # noqa: PLR0911 - one for each route
        self, method: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> Any:
        """Answer a request: a status with JSON or bytes; None closes the connection."""
        with self._lock:
            route = path.partition("?")[0].removeprefix("/v1")
            match method, route.strip("/").split("/"):
                case "POST", ["files"]:
                    return self._take_file(headers, content)
                case "POST", ["batches"]:
                    return self._make(json.loads(content))
                case "GET", ["batches"]:
                    rows = [self._told(name) for name in reversed(self.batches)]
                    return (200, {"data": rows, "has_more": False}) if self.has_list else (404, {})
                case "GET", ["batches", name]:
                    return self._look(name)
                case "POST", ["batches", name, "cancel"]:
                    self._end(name, Fate("cancelled", 1))
                    return 200, self._told(name)
                case "GET", ["files", name, "content"]:
                    return self._content(name)
                case "POST", ["chat", "completions"]:
                    self.live += 1
                    return 200, self._answered(json.loads(content))
                case _:
                    return 404, {"error": {"message": f"no {method} {route}"}}

    def _take_file(self, headers: Mapping[str, str], content: bytes) -> tuple[int, Any]:
        found = _BOUNDARY.search(headers["content-type"].encode())
        if found is None:
            return 400, {"error": {"message": "no form"}}
        parts = content.split(b"--" + found[1])
        body = next(p for p in parts if b'name="file"' in p).partition(b"\r\n\r\n")[2]
        name = f"file-{len(self._files)}"
        self._files[name] = body.rpartition(b"\r\n")[0]
        self.uploads.append(self._files[name])
        return 200, {"id": name, "object": "file"}

    def _make(self, asked: Any) -> Any:
        lines = self._files[asked["input_file_id"]].splitlines()
        name = f"batch_{len(self.batches)}"
        fate = self._fates.pop(0) if self._fates else Fate()
        requests = [json.loads(line) for line in lines]
        if len({one["custom_id"] for one in requests}) < len(requests):
            return 400, {"error": {"message": "two requests have one name"}}
        self.batches[name] = _Batch(fate, asked["input_file_id"], requests, torn=fate.torn)
        return None if fate.lost else (200, self._told(name))

    def _look(self, name: str) -> tuple[int, Any]:
        batch = self.batches[name]
        batch.looks += 1
        if batch.looks > batch.fate.looks:
            self._end(name, batch.fate)
        return 200, self._told(name)

    def _end(self, name: str, fate: Fate) -> None:
        batch = self.batches[name]
        if batch.status != "in_progress":
            return
        batch.status = fate.status
        most = len(batch.requests) if fate.answers is None else fate.answers
        lines: list[str] = []
        for one in batch.requests[:most]:
            body = json.loads(self._answered(one["body"]))
            response = {"status_code": 200, "request_id": "r", "body": body}
            told = {"id": "x", "custom_id": one["custom_id"], "response": response, "error": None}
            lines.append(json.dumps(told))
        errors = [self._error(one, *fate.errors) for one in batch.requests[most:] if fate.errors]
        if fate.twice:
            lines += lines[::-1]
        for kind, of in (("output", lines), ("error", errors)):
            if of:
                file = f"{kind}-{name}"
                self._files[file] = "".join(f"{line}\n" for line in of).encode()
                batch.results[f"{kind}_file_id"] = file.encode()

    def _error(self, one: dict[str, Any], status: int, code: str) -> str:
        error = {"code": code, "message": f"invented {code}"}
        response = {"status_code": status, "body": {"error": error}} if status else None
        told = {"custom_id": one["custom_id"], "response": response, "error": error}
        return json.dumps(told)

    def _content(self, name: str) -> tuple[int, Any]:
        batch = self.batches[name.partition("-")[2]]
        content = self._files[name]
        if batch.torn:
            batch.torn -= 1
            content = content[: 2 * len(content) // 3]
        return 200, content

    def _answered(self, body: Any) -> bytes:
        self.bought[body["messages"][-1]["content"]] += 1
        return self.answer(body)

    def _told(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        done = len(batch.requests) if batch.status == "completed" else 0
        reasons = [{"code": "invented", "message": batch.fate.reason}] if batch.fate.reason else []
        return {
            "id": name,
            "object": "batch",
            "status": batch.status,
            "input_file_id": batch.file,
            "request_counts": {"total": len(batch.requests), "completed": done, "failed": 0},
            "errors": {"data": reasons} if batch.status == "failed" else None,
            **{kind: file.decode() for kind, file in batch.results.items()},
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self._do("GET", b"")

            def do_POST(self) -> None:
                if "chunked" in self.headers.get("transfer-encoding", ""):
                    content = b"".join(iter(self._chunk, b""))
                else:
                    content = self.rfile.read(int(self.headers.get("content-length", 0)))
                self._do("POST", content)

            def _chunk(self) -> bytes:
                content = self.rfile.read(int(self.rfile.readline(), 16))
                self.rfile.readline()
                return content

            def _do(self, method: str, content: bytes) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = outer.handle(method, self.path, headers, content)
                if reply is None:
                    self.close_connection = True
                    return
                status, told = reply
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                # Who was killed hears nothing.
                with suppress(ConnectionError):
                    self.wfile.write(body)

        return Handler
