"""The examples in docstrings, of every module of the package."""

import doctest
import importlib
import pkgutil

import feedmill
import pytest

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(feedmill.__path__, "feedmill.")
    if module.name.rpartition(".")[2] not in ("__main__", "launch")
)


def test_every_room_is_looked_into():
    assert {name.split(".")[1] for name in MODULES} >= {"pipelines", "transforms"} and len(MODULES) > 80


@pytest.mark.parametrize("name", ["feedmill", *MODULES])
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
