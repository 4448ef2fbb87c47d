"""The short form of ``python -m tests.faults``: every fault a few times, on a small star."""

from __future__ import annotations

import pytest

from .harness import FaultFound, World
from .readers import read_through


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("faults"))
    made.build_clean()
    return made


@pytest.mark.slow
def test_kills_at_random_moments(world: World) -> None:
    for _ in range(6):
        world.kill()
    assert world.tried["kill"] == 6


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        *("full disk", "small disk", "dead lock", "truncated landing", "damaged store", "source removed"),
        *("two at once", "wrong clock", "stale build", "interrupt", "damaged published"),
    ],
)
def test_other_faults(world: World, fault: str) -> None:
    world.faults()[fault]()
    if fault in world.not_permitted:
        pytest.skip("no file system can be mounted here: the fault needs a small one of its own")
    assert world.tried[fault] == 1


def test_every_fault_is_tried(world: World) -> None:
    [marked] = [mark for mark in test_other_faults.pytestmark if mark.name == "parametrize"]
    assert sorted(marked.args[1]) == sorted(world.faults())


@pytest.mark.slow
def test_readers_notice_nothing(world: World) -> None:
    seen = read_through(world, 3)
    assert seen.held > 100 and seen.reopened > 20 and seen.answers >= 2


def test_the_harness_sees_a_warehouse_that_is_none(world: World) -> None:
    real = world.digests
    try:
        world.digests = [digest | {"dim_document": (0, 0)} for digest in real]
        with pytest.raises(FaultFound, match="none of the states"):
            world.look("nothing", 0, 1, 2, 3)
    finally:
        world.digests = real
