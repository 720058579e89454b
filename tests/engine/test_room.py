from __future__ import annotations

import asyncio

from stream_synth.engine.room import Room


def test_opens_a_fifth_more_calls_than_slots() -> None:
    """With ten slots, twelve waiting seeds fill the room."""
    room = Room(10, max_open_seeds=None)

    opened = 0
    while room.free:
        room.enter()
        opened += 1

    assert opened == 12


def test_a_seed_with_several_calls_counts_each_of_them() -> None:
    """Four samples of one seed take four places."""
    room = Room(10, max_open_seeds=None)
    place = room.enter()

    with place.calling(), place.calling(), place.calling(), place.calling():
        taken = sum(1 for _ in iter(lambda: room.free and room.enter(), False))

    assert taken == 8


def test_a_resting_seed_holds_memory_but_no_call() -> None:
    """Seeds waiting for their decision bound the open seeds, not the calls."""
    room = Room(10, max_open_seeds=15)
    for _ in range(12):
        room.enter().rest()

    free_for_calls = room.free
    for _ in range(3):
        room.enter()

    assert free_for_calls
    assert not room.free


async def test_a_closing_seed_wakes_the_feeder() -> None:
    """The feeder sleeps without polling until a place is given back."""
    room = Room(1, max_open_seeds=1)
    place = room.enter()
    waiting = asyncio.create_task(room.changed())
    await asyncio.sleep(0)

    place.leave()

    await asyncio.wait_for(waiting, 1)
    assert room.open_seeds == 0
