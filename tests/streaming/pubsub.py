"""A server on loopback that speaks Pub/Sub's subscriber API, as its emulator does, over gRPC."""

import datetime
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import empty_pb2
from google.pubsub_v1 import types

SUBSCRIPTION = "projects/news/subscriptions/landing"


class Server:
    """Use as a context manager. `address` is what PUBSUB_EMULATOR_HOST is set to.

    Attributes:
        acked: ids of the messages that were acknowledged.
        on_ack: called before an acknowledgement counts.
        deliveries: how often each message was handed out.
    """

    def __init__(self) -> None:
        self.acked: list[str] = []
        self.on_ack: Callable[[], None] = lambda: None
        self.deliveries: dict[str, int] = {}
        self._messages: dict[str, types.PubsubMessage] = {}
        self._free_at: dict[str, float] = {}  # when a message may be handed out (again)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def __enter__(self) -> "Server":
        self._server = grpc.server(ThreadPoolExecutor(4))
        calls = {
            "Pull": (self._pull, types.PullRequest, types.PullResponse.serialize),
            "Acknowledge": (self._acknowledge, types.AcknowledgeRequest, empty_pb2.Empty.SerializeToString),
            "ModifyAckDeadline": (self._modify, types.ModifyAckDeadlineRequest, empty_pb2.Empty.SerializeToString),
        }
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(call, request.deserialize, answer)
            for name, (call, request, answer) in calls.items()
        }
        self._server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("google.pubsub.v1.Subscriber", handlers)]
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None)

    def publish(self, data: bytes, attributes: dict[str, str], message_id: str | None = None) -> str:
        with self._lock:
            message_id = message_id or f"m{next(self._numbers)}"
            message = types.PubsubMessage(data=data, attributes=attributes, message_id=message_id)
            message.publish_time = datetime.datetime.now(datetime.UTC)
            self._messages[message_id] = message
            self._free_at[message_id] = 0.0
        return message_id

    def send_again(self) -> None:
        """Hands out all messages again, acknowledged or not: Pub/Sub delivers at least once."""
        with self._lock:
            self._free_at = dict.fromkeys(self._messages, 0.0)

    def _pull(self, request: types.PullRequest, context: grpc.ServicerContext) -> types.PullResponse:
        if request.subscription != SUBSCRIPTION:
            context.abort(grpc.StatusCode.NOT_FOUND, "Resource not found")
        while context.is_active():
            with self._lock:
                now = time.time()
                free = [name for name, at in self._free_at.items() if at <= now][: min(request.max_messages, 7)]
                for name in free:
                    self._free_at[name] = now + 10
                    self.deliveries[name] = self.deliveries.get(name, 0) + 1
                if free:
                    return types.PullResponse(
                        received_messages=[
                            types.ReceivedMessage(
                                ack_id=f"{name}@{self.deliveries[name]}", message=self._messages[name]
                            )
                            for name in free
                        ]
                    )
            time.sleep(0.02)
        return types.PullResponse()

    def _acknowledge(self, request: types.AcknowledgeRequest, _: object) -> empty_pb2.Empty:
        self.on_ack()
        with self._lock:
            for ack_id in request.ack_ids:
                name = ack_id.partition("@")[0]
                self.acked.append(name)
                self._free_at[name] = float("inf")
        return empty_pb2.Empty()

    def _modify(self, request: types.ModifyAckDeadlineRequest, _: object) -> empty_pb2.Empty:
        with self._lock:
            for ack_id in request.ack_ids:
                name = ack_id.partition("@")[0]
                if self._free_at[name] != float("inf"):
                    self._free_at[name] = time.time() + request.ack_deadline_seconds
        return empty_pb2.Empty()
