"""A bucket on loopback: the PyPI emulator, behind a proxy that adds preconditions and can fail.

The emulator ignores `ifGenerationMatch`; the proxy looks at the object first,
under one lock, as the real service does. Faults are asked for by `fail`.
"""

import collections
import http.client
import http.server
import json
import re
import threading
import urllib.parse
from collections.abc import Callable

from gcp_storage_emulator.server import RequestHandler, create_server

NAME = "feeds"
RequestHandler.disable_nagle_algorithm = True

# What may be wrong with a request:
BUSY = "busy"  # answered 503, not carried out
SILENT = "silent"  # not carried out, and never answered
LOST = "lost"  # carried out, but the connection is lost before the answer
CUT = "cut"  # the connection is lost in the middle of what is sent, in whichever direction the bytes go


class Bucket:
    """Use as a context manager. `url` is what STORAGE_EMULATOR_HOST is set to."""

    def __init__(self) -> None:
        self.fail: Callable[[str, str], str | None]
        self.seen: collections.Counter[str]  # requests by kind, faults by name
        self._calm()
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._resumable: dict[str, str] = {}  # names of objects, by the id of their upload

    def __enter__(self) -> "Bucket":
        self._emulator = create_server("127.0.0.1", 0, in_memory=True, default_bucket=NAME)
        self._emulator.start()
        self._port = _port_of(self._emulator)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._emulator.stop()

    def _calm(self) -> None:
        self.fail = lambda verb, name: None
        self.seen = collections.Counter()

    def empty(self) -> None:
        """Forgets all objects, faults and counts."""
        self._calm()
        self._emulator.wipe(keep_buckets=True)

    def _handler(bucket) -> type[http.server.BaseHTTPRequestHandler]:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def answer(self) -> None:
                parts = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(parts.query))
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size // 2)
                verb, name = bucket._what(self.command, parts.path, query, body)
                bucket.seen[verb] += 1
                fault = bucket.fail(verb, name)
                if fault:
                    bucket.seen[fault] += 1
                if fault == CUT and size:
                    self.drop()
                    return
                body += self.rfile.read(size - size // 2)
                if fault == SILENT:
                    bucket._over.wait(4)
                    self.drop()
                    return
                if fault == BUSY:
                    self.reply(503, {}, b"{}")
                    return
                with bucket._lock:
                    if bucket._refuses(query, verb, name):
                        self.reply(412, {}, json.dumps({"error": {"code": 412, "message": "conditionNotMet"}}).encode())
                        return
                    status, headers, data = bucket._forward(self.command, self.path, body, dict(self.headers))
                    if "uploadType=resumable" in self.path and "Location" in headers:
                        began = urllib.parse.urlsplit(headers["Location"])
                        bucket._resumable[dict(urllib.parse.parse_qsl(began.query))["upload_id"]] = name
                if fault == LOST:
                    self.drop()
                    return
                self.reply(status, headers, data, cut=fault == CUT)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def reply(self, status: int, headers: dict[str, str], data: bytes, cut: bool = False) -> None:
                self.send_response(status)
                for key, value in headers.items():
                    if key.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                        self.send_header(key, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if cut:
                    self.wfile.write(data[: len(data) // 2])
                    self.drop()
                    return
                self.wfile.write(data)

            def drop(self) -> None:
                self.close_connection = True
                self.wfile.flush()
                self.connection.shutdown(2)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _forward(self, command: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers.pop("Accept-Encoding", None)
        try:
            connection.request(command, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def _refuses(self, query: dict[str, str], verb: str, name: str) -> bool:
        wanted = query.get("ifSourceGenerationMatch") if verb == "rewrite" else query.get("ifGenerationMatch")
        return wanted is not None and wanted != self.generation(name)

    def _what(self, command: str, path: str, query: dict[str, str], body: bytes) -> tuple[str, str]:
        """Names a request: what it does, and to which object."""
        if "/upload/" in path:
            if "upload_id" in query:
                return "upload", self._resumable[query["upload_id"]]
            told = re.search(rb'"name": ?"((?:[^"\\\\]|\\\\.)*)"', body)
            return "upload", json.loads(b'"' + told[1] + b'"') if told else query.get("name", "")
        name = urllib.parse.unquote(path.partition("/o/")[2].partition("/rewriteTo/")[0])
        if "/rewriteTo/" in path:
            return "rewrite", name
        if command == "DELETE":
            return "delete", name
        if not name:
            return "list", query.get("prefix", "")
        return ("read" if query.get("alt") == "media" else "stat"), name

    def generation(self, name: str) -> str:
        """The generation of an object, 0 if there is none."""
        quoted = urllib.parse.quote(name, safe="")
        status, _, data = self._forward("GET", f"/storage/v1/b/{NAME}/o/{quoted}?alt=json", b"", {})
        return json.loads(data)["generation"] if status == 200 else "0"


def _port_of(emulator: object) -> int:
    return emulator._api._httpd.server_address[1]  # type: ignore[attr-defined]
