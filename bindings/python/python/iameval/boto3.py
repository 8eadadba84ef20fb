"""boto3 without a server: IAM's simulation calls, answered in this process.

>>> import boto3
>>> import iameval
>>> import iameval.boto3
>>> world = iameval.World.example("force-mfa")
>>> with iameval.boto3.stub(world):
...     iam = boto3.client("iam")
...     found = iam.simulate_principal_policy(
...         PolicySourceArn="arn:aws:iam::123456789012:user/john.doe", ActionNames=["s3:ListAllMyBuckets"])
>>> found["EvaluationResults"][0]["EvalDecision"]
'explicitDeny'
"""

import contextlib
import io
import threading
import uuid
from collections.abc import Iterator
from typing import Any, Callable, Dict, List, Tuple
from unittest import mock
from weakref import WeakSet

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient

from ._iameval import Api, World

__all__ = ["stub"]

#: The services that answer; every one of their calls is answered, if only with an error, so that none reaches AWS.
_SERVICES = ("iam", "sts")


@contextlib.contextmanager
def stub(world: World, *clients: BaseClient, live: bool = False) -> Iterator[None]:
    """Answers the calls of IAM and STS clients from a world, as ``iameval serve`` does, for as long as the ``with`` lasts.

    Given clients, it answers these; without any, every client that calls in the meantime, in any thread, however old it is. Calls
    are serialized and read by botocore as ever; they need no credentials. An operation that is not served is a ``ClientError`` with
    the code ``InvalidAction``. With ``live``, decisions are those of live services where AWS's simulator differs.
    """
    answering = _Answering(Api(world, live=live))
    try:
        if clients:
            for client in clients:
                answering.begin(client)
            yield
        else:
            make_api_call: Callable[..., Any] = getattr(BaseClient, "_make_api_call")

            def answered(client: BaseClient, operation: str, parameters: Dict[str, Any]) -> Any:
                answering.begin(client)
                return make_api_call(client, operation, parameters)

            with mock.patch.object(BaseClient, "_make_api_call", answered):
                yield
    finally:
        answering.end()


class _Answering:
    """Clients that are answered from a world."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._clients: "WeakSet[BaseClient]" = WeakSet()
        self._id = f"iameval-{uuid.uuid4()}"

    def begin(self, client: BaseClient) -> None:
        """Answers a client from now on."""
        service = client.meta.service_model.service_name
        if service not in _SERVICES:
            return
        with self._lock:
            if client not in self._clients:
                for event, handler in self._handlers(service):
                    client.meta.events.register_first(event, handler, unique_id=f"{self._id}-{event}")
                self._clients.add(client)

    def end(self) -> None:
        """Answers none any more."""
        with self._lock:
            for client in list(self._clients):
                for event, _ in self._handlers(client.meta.service_model.service_name):
                    client.meta.events.unregister(event, unique_id=f"{self._id}-{event}")
            self._clients.clear()

    def _handlers(self, service: str) -> List[Tuple[str, Callable[..., Any]]]:
        return [(f"choose-signer.{service}", _unsigned), (f"before-send.{service}", self._answer)]

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body = request.body or b""
        form = body.encode() if isinstance(body, str) else bytes(body)
        request_id = str(uuid.uuid4())
        status, text = self._api.call(form, request_id)
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        return AWSResponse(request.url, status, headers, _Raw(text.encode()))


def _unsigned(**_: Any) -> Any:
    return UNSIGNED


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
