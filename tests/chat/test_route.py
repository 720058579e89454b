from functools import partial
from random import Random

from stream_synth.chat import Endpoint
from stream_synth.chat.route import choose, draw_model
from stream_synth.chat.upstream import Size, Upstream

SIZE = Size("answer", 100, {})


def upstream(port: int, **options: object) -> Upstream:
    endpoint = Endpoint(base_url=f"http://127.0.0.1:{port}/v1", model="m", concurrency=100, **options)  # type: ignore[arg-type]
    return Upstream(endpoint, str(port), Random(0), 0.0)


def test_the_least_busy_goes_first_by_weight() -> None:
    """An endpoint of weight 3 takes three calls for each one of weight 1."""
    both = (upstream(1, weight=3.0), upstream(2))
    for _ in range(40):
        chosen, _at = choose(both, SIZE, 0.0)
        assert chosen is not None
        chosen.start(0.0)

    assert [one.limit.in_flight for one in both] == [30, 10]


def test_a_slow_endpoint_gets_what_it_can_take() -> None:
    """Ten times slower: the others take nearly everything, nobody waits behind it."""
    fast, slow = upstream(1), upstream(2)
    ends: list[tuple[float, Upstream]] = []
    served = {"1": 0, "2": 0}
    for step in range(2_000):
        now = step * 0.1
        for end in [end for end in ends if end[0] <= now]:
            ends.remove(end)
            end[1].limit.end()
        chosen, _at = choose((fast, slow), SIZE, now)
        assert chosen is not None
        chosen.start(0.0)
        served[chosen.name] += 1
        ends.append((now + (10.0 if chosen is slow else 1.0), chosen))

    assert served["1"] > 8 * served["2"]


def test_models_are_drawn_by_weight_and_repeatably() -> None:
    """The same generator state draws the same model; one model needs no draw."""
    endpoints = [Endpoint(base_url="http://h/v1", model="a", weight=3.0), Endpoint(base_url="http://h/v1", model="b")]

    drawn = [draw_model(endpoints, partial(Random, n)) for n in range(1_000)]

    assert drawn == [draw_model(endpoints, partial(Random, n)) for n in range(1_000)]
    assert 700 < drawn.count("a") < 800
