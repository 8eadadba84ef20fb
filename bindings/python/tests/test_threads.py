"""Objects are shared between threads, which work at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from iameval import Policy, PolicySet, World


def test_threads_share_a_world() -> None:
    world = World.example("force-mfa")
    policies = PolicySet(identity=Policy.from_file("aws:ReadOnlyAccess"))

    def ask(number: int) -> bool:
        mfa = number % 2 == 0
        answer = world.simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=mfa)
        return answer.allowed is mfa and policies.decide("s3:GetObject", resource="*") == "allowed"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))


def test_objects_do_not_change() -> None:
    world = World.example("force-mfa")
    answer = world.simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=True)
    for thing, name in [(world, "principals"), (answer, "allowed"), (answer.statements[0], "sid"), (answer, "other")]:
        with pytest.raises(AttributeError):
            setattr(thing, name, None)
