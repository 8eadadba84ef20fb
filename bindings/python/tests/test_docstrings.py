"""The examples of docstrings, which are run. Every class and function has one."""

import doctest
import inspect
import types
from typing import Iterator, List, Tuple

import iameval
import iameval.boto3
import pytest

WITHOUT = {"Absent", "Error", "PolicyError", "QuestionError", "TableError", "WorldError", "Undetermined", "IamWarning"}


def documented() -> Iterator[Tuple[str, str]]:
    yield "iameval", iameval.__doc__ or ""
    yield "iameval.boto3", iameval.boto3.__doc__ or ""
    for name in iameval.__all__:
        thing = getattr(iameval, name)
        if not (inspect.isclass(thing) or inspect.isroutine(thing)) or name in WITHOUT:
            continue
        yield name, thing.__doc__ or ""
        if inspect.isclass(thing) and thing.__module__ == "iameval":
            for member, value in vars(thing).items():
                if not member.startswith("_") and not isinstance(value, types.GetSetDescriptorType):
                    yield f"{name}.{member}", getattr(thing, member).__doc__ or ""


DOCUMENTED = dict(documented())


@pytest.mark.parametrize("name", DOCUMENTED)
def test_examples_hold(name: str) -> None:
    text = DOCUMENTED[name]
    example = doctest.DocTestParser().get_doctest(inspect.cleandoc(text) + "\n", {"iameval": iameval}, name, None, 0)
    assert example.examples, f"{name} has no example"
    told: List[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert not told, "".join(told)
