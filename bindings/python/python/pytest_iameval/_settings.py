"""What tests are run with."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iameval._iameval import TestFile, TestSettings

_SETTINGS = pytest.StashKey["TestSettings"]()
_FILES = pytest.StashKey["dict[pathlib.Path, TestFile]"]()


def settings(config: pytest.Config) -> TestSettings:
    """What pytest's configuration and ``iameval.toml`` say; raises ``iameval.Error`` where that cannot be used."""
    if _SETTINGS not in config.stash:
        from iameval._iameval import TestSettings

        worlds = [shown(path) for path in config.getini("iameval_world")]
        config.stash[_SETTINGS] = TestSettings(worlds=worlds)
    return config.stash[_SETTINGS]


def test_file(config: pytest.Config, path: pathlib.Path) -> TestFile:
    """A test file, which is read once; raises ``iameval.Error`` where it cannot be used."""
    files = config.stash.setdefault(_FILES, {})
    if path not in files:
        files[path] = settings(config).load(shown(path))
    return files[path]


def shown(path: pathlib.Path) -> pathlib.Path:
    """A path as people would write it here, since messages name files so."""
    here = pathlib.Path(os.getcwd())
    return path.relative_to(here) if path.is_relative_to(here) else path
