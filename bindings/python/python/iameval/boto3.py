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
import itertools
import threading
import uuid
from typing import Any, Callable, Dict, Iterator, List, MutableMapping
from weakref import WeakKeyDictionary

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
    the code ``InvalidAction``. With ``live``, decisions are those of live services where AWS's simulator differs. Of several worlds
    the one that was given last answers.
    """
    stubbed = _Stub(Api(world, live=live))
    try:
        if clients:
            for client in clients:
                _begin(client, stubbed)
        else:
            _begin_everywhere(stubbed)
        yield
    finally:
        _end(stubbed)


class _Stub:
    """A world that answers; a later one comes before those that were there."""

    _numbers = itertools.count()

    def __init__(self, api: Api) -> None:
        self.api = api
        self.number = next(self._numbers)


_lock = threading.Lock()
#: The worlds that answer a client.
_of_client: MutableMapping[BaseClient, List[_Stub]] = WeakKeyDictionary()
#: The worlds that answer every client.
_of_all: List[_Stub] = []
_make_api_call: Callable[..., Any] = getattr(BaseClient, "_make_api_call")


def _begin(client: BaseClient, stubbed: _Stub) -> None:
    if client.meta.service_model.service_name not in _SERVICES:
        return
    with _lock:
        stubs = _of_client.setdefault(client, [])
        if not stubs:
            for event, hook in _hooks(client).items():
                client.meta.events.register_first(event, hook, unique_id=f"iameval-{event}")
        if stubbed not in stubs:
            stubs.append(stubbed)


def _begin_everywhere(stubbed: _Stub) -> None:
    with _lock:
        if not _of_all:
            setattr(BaseClient, "_make_api_call", _answered)
        _of_all.append(stubbed)


def _end(stubbed: _Stub) -> None:
    with _lock:
        if stubbed in _of_all:
            _of_all.remove(stubbed)
            if not _of_all:
                setattr(BaseClient, "_make_api_call", _make_api_call)
        for client, stubs in list(_of_client.items()):
            if stubbed not in stubs:
                continue
            stubs.remove(stubbed)
            if not stubs:
                del _of_client[client]
                for event in _hooks(client):
                    client.meta.events.unregister(event, unique_id=f"iameval-{event}")


def _answered(client: BaseClient, operation: str, parameters: Dict[str, Any]) -> Any:
    """A call of any client."""
    for stubbed in list(_of_all):
        _begin(client, stubbed)
    return _make_api_call(client, operation, parameters)


def _hooks(client: BaseClient) -> Dict[str, Callable[..., Any]]:
    """What answers a client. It does not keep the client alive, which has it."""
    service = client.meta.service_model.service_name
    stubs = _of_client.get(client, [])

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body = request.body or b""
        form = body.encode() if isinstance(body, str) else bytes(body)
        request_id = str(uuid.uuid4())
        newest = max(stubs, key=lambda stubbed: stubbed.number)
        status, text = newest.api.call(form, request_id)
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        return AWSResponse(request.url, status, headers, _Raw(text.encode()))

    return {f"choose-signer.{service}": _unsigned, f"before-send.{service}": answer}


def _unsigned(**_: Any) -> Any:
    return UNSIGNED


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
