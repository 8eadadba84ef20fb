from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from os import PathLike
from typing import Any, Literal, Protocol, final, overload

from typing_extensions import TypeAlias

from ._words import Absent, Decision

__all__ = [
    "Answer",
    "Api",
    "Coverage",
    "Diff",
    "Finding",
    "Flip",
    "Miss",
    "NearMiss",
    "Policy",
    "PolicySet",
    "Statement",
    "Table",
    "TestCheck",
    "TestFile",
    "TestSettings",
    "Verdict",
    "World",
    "__version__",
    "check",
    "diff",
    "prove",
]

__version__: str

_Path: TypeAlias = str | PathLike[str]
_Scalar: TypeAlias = str | bool | int | float | date | IPv4Address | IPv6Address | IPv4Network | IPv6Network
_Context: TypeAlias = Mapping[str, _Scalar | Sequence[_Scalar] | AbstractSet[_Scalar] | Absent]
_Document: TypeAlias = dict[str, Any]
_Policies: TypeAlias = Policy | _Document | Sequence[Policy | _Document]
_Levels: TypeAlias = Policy | _Document | Sequence[_Policies]
_Several: TypeAlias = list[str] | tuple[str, ...]
_Layer: TypeAlias = Literal["identity", "resource", "boundary", "session", "scope_down", "scp", "rcp", "endpoint"]
_Type: TypeAlias = Literal[
    "identity", "resource", "trust", "boundary", "session", "scope-down", "scp", "rcp", "endpoint"
]

@final
class Finding:
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Literal["error", "warning", "info"]: ...
    @property
    def message(self) -> str: ...
    @property
    def help(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Policy:
    @staticmethod
    def from_file(path: _Path) -> Policy: ...
    @staticmethod
    def from_json(document: str | _Document, *, name: str | None = None) -> Policy: ...
    @property
    def name(self) -> str: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Statement:
    @property
    def policy(self) -> str: ...
    @property
    def layer(self) -> _Layer: ...
    @property
    def level(self) -> str | None: ...
    @property
    def sid(self) -> str | None: ...
    @property
    def index(self) -> int: ...
    @property
    def effect(self) -> Literal["Allow", "Deny"]: ...
    @property
    def path(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Miss:
    @property
    def message(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class NearMiss:
    @property
    def statement(self) -> Statement: ...
    @property
    def missed(self) -> tuple[Miss, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Flip:
    @property
    def key(self) -> str: ...
    @property
    def value(self) -> bool | str | list[str] | None: ...
    @property
    def decision(self) -> Decision: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Answer:
    @property
    def allowed(self) -> bool: ...
    @property
    def decision(self) -> Decision: ...
    @property
    def layer(self) -> _Layer | Literal["service", "none"]: ...
    @property
    def action(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def principal(self) -> str: ...
    @property
    def statements(self) -> tuple[Statement, ...]: ...
    @property
    def near_misses(self) -> tuple[NearMiss, ...]: ...
    @property
    def flips(self) -> tuple[Flip, ...]: ...
    @property
    def undecided(self) -> tuple[str, ...]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def _repr_html_(self) -> str: ...

@final
class PolicySet:
    def __new__(
        cls,
        *,
        identity: _Policies | None = None,
        resource: Policy | _Document | None = None,
        trust: Policy | _Document | None = None,
        boundary: Policy | _Document | None = None,
        session: _Policies | None = None,
        scps: _Levels | None = None,
        rcps: _Policies | None = None,
        endpoint: _Policies | None = None,
    ) -> PolicySet: ...
    @overload
    def decide(
        self,
        action: str,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
    ) -> Decision: ...
    @overload
    def decide(
        self,
        action: _Several,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
    ) -> list[Decision]: ...
    @overload
    def simulate(
        self,
        action: str,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
    ) -> Answer: ...
    @overload
    def simulate(
        self,
        action: _Several,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
    ) -> list[Answer]: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]: ...
    def decide_batch(
        self,
        table: _Stream | _Array,
        /,
        *,
        keep: str | Sequence[str] | None = None,
        errors: Literal["raise", "column"] | None = None,
    ) -> Table: ...

@final
class World:
    @staticmethod
    def load(
        *paths: _Path,
        parameters: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
        source: _Path | None = None,
    ) -> World: ...
    @staticmethod
    def from_json(document: str | _Document, /, *, name: str | None = None) -> World: ...
    @staticmethod
    def example(name: str, /) -> World: ...
    @property
    def principals(self) -> tuple[str, ...]: ...
    @property
    def resources(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> tuple[Finding, ...]: ...
    @overload
    def simulate(
        self,
        action: str,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
        endpoint: str | None = None,
        policies: PolicySet | None = None,
    ) -> Answer: ...
    @overload
    def simulate(
        self,
        action: _Several,
        /,
        *,
        principal: str | None = None,
        resource: str | None = None,
        resource_account: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
        endpoint: str | None = None,
        policies: PolicySet | None = None,
    ) -> list[Answer]: ...
    def decide_batch(
        self,
        table: _Stream | _Array,
        /,
        *,
        policies: PolicySet | None = None,
        keep: str | Sequence[str] | None = None,
        errors: Literal["raise", "column"] | None = None,
    ) -> Table: ...

@final
class Verdict:
    @property
    def holds(self) -> bool: ...
    @property
    def verdict(self) -> Literal["holds", "refuted", "unknown"]: ...
    @property
    def counterexample(self) -> Answer | None: ...
    @property
    def actions(self) -> tuple[str, ...]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...

@final
class Diff:
    @property
    def gains(self) -> bool: ...
    @property
    def loses(self) -> bool: ...
    @property
    def undecided(self) -> bool: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def to_markdown(self) -> str: ...

@final
class Api:
    def __new__(cls, world: World, /, *, live: bool | None = None) -> Api: ...
    def call(self, form: bytes, request_id: str) -> tuple[int, str]: ...

@final
class TestSettings:
    def __new__(cls, *, worlds: Sequence[_Path] | None = None) -> TestSettings: ...
    @property
    def worlds(self) -> list[_Path]: ...
    def load(self, path: _Path) -> TestFile: ...
    def compare(
        self,
        world: World,
        expect: Literal["allow", "deny", "implicit", "explicit"],
        action: str,
        *,
        principal: str | None = None,
        resource: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
        endpoint: str | None = None,
        by: str | None = None,
        lenient: bool | None = None,
    ) -> str | None: ...

@final
class TestCheck:
    @property
    def name(self) -> str: ...
    @property
    def case(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def tags(self) -> list[str]: ...
    @property
    def skip(self) -> str | None: ...

@final
class TestFile:
    @property
    def warnings(self) -> tuple[Finding, ...]: ...
    def checks(self) -> list[TestCheck]: ...
    def run(
        self, check: int, with_case: bool
    ) -> tuple[Literal["passed", "failed", "xfailed", "skipped"], str, str]: ...

@final
class Coverage:
    def __new__(cls, ran: Sequence[tuple[TestFile, Sequence[int]]]) -> Coverage: ...
    def tell(self, form: str) -> tuple[str, str | None]: ...
    @staticmethod
    def check_form(form: str) -> None: ...

def check(policy: Policy | str | _Document, /, *, type: _Type | None = None) -> list[Finding]: ...
@overload
def diff(old: World, new: World, /) -> Diff: ...
@overload
def diff(old: Policy | _Document, new: Policy | _Document, /, *, type: _Type | None = None) -> Diff: ...
def prove(
    subject: World | PolicySet,
    action: str | _Several,
    /,
    *,
    expect: Literal["allow", "deny", "implicit", "explicit"],
    principal: str | None = None,
    resource: str | _Several | None = None,
    except_action: str | _Several | None = None,
    except_resource: str | _Several | None = None,
    resource_account: str | None = None,
    mfa: bool | str | None = ...,
    context: _Context | None = None,
    endpoint: str | None = None,
    realistic: bool | None = None,
) -> Verdict: ...

class _Stream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _Array(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

@final
class Table:
    @property
    def column_names(self) -> tuple[str, ...]: ...
    def to_pyarrow(self) -> Any: ...
    def to_polars(self) -> Any: ...
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
