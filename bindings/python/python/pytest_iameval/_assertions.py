"""Fixtures: a world, and assertions about it."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any, Mapping, Protocol

import pytest

from ._settings import settings, shown

if TYPE_CHECKING:
    from iameval import World

_WORLDS = pytest.StashKey["dict[tuple[str, ...], World]"]()

_Context = Mapping[str, Any]


class AssertAllowed(Protocol):
    """Fails unless a request is allowed, with the answer that the command prints."""

    def __call__(
        self,
        action: str,
        *,
        principal: str | None = None,
        resource: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
        endpoint: str | None = None,
        by: str | None = None,
        lenient: bool = False,
    ) -> None: ...


class AssertDenied(Protocol):
    """Fails unless a request is denied, with the answer that the command prints."""

    def __call__(
        self,
        action: str,
        *,
        explicit: bool | None = None,
        principal: str | None = None,
        resource: str | None = None,
        mfa: bool | str | None = ...,
        context: _Context | None = None,
        endpoint: str | None = None,
        by: str | None = None,
        lenient: bool = False,
    ) -> None: ...


@pytest.fixture(scope="session")
def iameval_world(request: pytest.FixtureRequest) -> World:
    """The world of the tests: that of ``@pytest.mark.iameval(world=...)``, else of ``iameval_world`` in pytest's configuration,
    else of ``world`` in ``iameval.toml``."""
    import iameval

    marked = getattr(request, "param", None)
    if isinstance(marked, iameval.World):
        return marked
    try:
        if marked is not None:
            paths = [str(shown(request.config.rootpath / path)) for path in marked]
        else:
            paths = [os.fspath(path) for path in settings(request.config).worlds]
        if not paths:
            pytest.fail(
                "there is no world: pytest's configuration names one as `iameval_world`, iameval.toml as `world`, and a test with "
                "`@pytest.mark.iameval(world=...)`",
                pytrace=False,
            )
        return _read_once(request.config, tuple(paths))
    except iameval.Error as error:
        pytest.fail(str(error), pytrace=False)


def _read_once(config: pytest.Config, paths: tuple[str, ...]) -> World:
    from iameval import World

    worlds = config.stash.setdefault(_WORLDS, {})
    if paths not in worlds:
        worlds[paths] = World.load(*paths)
    return worlds[paths]


def read_marker(marker: pytest.Mark) -> World | tuple[str | os.PathLike[str], ...]:
    """The world of a marker: its files, or itself."""
    if marker.args or set(marker.kwargs) != {"world"}:
        raise pytest.UsageError("the marker `iameval` has one argument: `@pytest.mark.iameval(world=...)`")
    world = marker.kwargs["world"]
    if isinstance(world, (str, pathlib.PurePath)):
        return (world,)
    return tuple(world) if isinstance(world, (list, tuple)) else world


@pytest.fixture
def assert_allowed(iameval_world: World, pytestconfig: pytest.Config) -> AssertAllowed:
    """``assert_allowed(action, principal=..., resource=..., mfa=..., context=...)`` fails unless the world allows it."""

    def assert_allowed(action: str, **question: Any) -> None:
        __tracebackhide__ = True
        _compare(pytestconfig, iameval_world, "allow", action, question)

    return assert_allowed


@pytest.fixture
def assert_denied(iameval_world: World, pytestconfig: pytest.Config) -> AssertDenied:
    """``assert_denied(action, explicit=..., principal=..., resource=..., mfa=..., context=...)`` fails unless the world denies it;
    with ``explicit=True`` by a statement, with ``explicit=False`` since no statement allows it."""

    def assert_denied(action: str, *, explicit: bool | None = None, **question: Any) -> None:
        __tracebackhide__ = True
        expect = "deny" if explicit is None else "explicit" if explicit else "implicit"
        _compare(pytestconfig, iameval_world, expect, action, question)

    return assert_denied


def _compare(config: pytest.Config, world: World, expect: Any, action: str, question: dict[str, Any]) -> None:
    __tracebackhide__ = True
    wrong = settings(config).compare(world, expect, action, **question)
    if wrong is not None:
        raise AssertionError(wrong)
