"""A server on loopback that speaks as much of the Dataflow API as it takes to hand in a job."""

import http.server
import json
import threading


class Service:
    """Keeps each request to create a job, as bytes, in `created`. Use as a context manager.

    Args:
        refuse: the HTTP status of the answer to them, if they are refused.
    """

    def __init__(self, refuse: int | None = None) -> None:
        self.refuse = refuse
        self.created: list[bytes] = []

    def __enter__(self) -> "Service":
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.created.append(body)
                if service.refuse:
                    self._answer({"error": {"code": service.refuse, "message": "not so"}}, service.refuse)
                    return
                asked = json.loads(body)
                self._answer(
                    {**{k: asked[k] for k in ("name", "type", "clientRequestId") if k in asked}, "id": "job-1"}
                )

            def do_GET(self) -> None:
                self._answer({"id": "job-1", "currentState": "JOB_STATE_DONE"})

            def _answer(self, fields: dict[str, object], status: int = 200) -> None:
                data = json.dumps(fields).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://localhost:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
