from stream_synth.chat.concurrency import START, Limit


class Server:
    """Answers after 1 s while at most `slots` calls run; beyond them it refuses, or queues."""

    def __init__(self, limit: Limit, slots: int, *, queues: bool) -> None:
        self.limit, self.slots, self.queues, self.now = limit, slots, queues, 0.0

    def rounds(self, count: int) -> list[int]:
        """The limit after each of so many rounds at the full limit."""
        limits = []
        for _ in range(count):
            sent_at, flying = self.now, self.limit.limit
            for _ in range(flying):
                self.limit.start()
            latency = max(1.0, flying / self.slots) if self.queues else 1.0
            self.now += latency
            for n in range(flying):
                self.limit.end()
                if n >= self.slots and not self.queues:
                    self.limit.pushed_back(sent_at, self.now)
                else:
                    self.limit.succeeded(sent_at, 100, self.now)
            self.now += 0.001
            limits.append(self.limit.limit)
        return limits


def test_a_number_stays_that_number() -> None:
    """Whatever the server says."""
    limit = Limit(5, 0.0)

    limit.pushed_back(1.0, 2.0)

    assert limit.limit == 5


def test_slow_start_doubles_until_the_first_refusal() -> None:
    """Then it holds near what the server takes."""
    server = Server(Limit("auto", 0.0), 100, queues=False)

    limits = server.rounds(60)

    assert limits[:2] == [2 * START, 4 * START]
    assert all(60 <= one <= 125 for one in limits[10:])


def test_one_burst_of_refusals_is_one_episode() -> None:
    """Fifty 429s of requests sent before the cut cut once."""
    limit = Limit("auto", 0.0)
    for _ in range(50):
        limit.pushed_back(1.0, 2.0)

    assert limit.limit == 12


def test_a_server_that_only_queues_is_not_flooded() -> None:
    """A local server sends no 429: growth stops when more calls bring no more tokens."""
    limits = Server(Limit("auto", 0.0), 24, queues=True).rounds(40)

    assert max(limits) <= 64
    assert 16 <= limits[-1] <= 40


def test_an_unused_limit_does_not_grow() -> None:
    """One call at a time says nothing about sixteen."""
    limit, now = Limit("auto", 0.0), 0.0
    for _ in range(200):
        limit.start()
        now += 1
        limit.end()
        limit.succeeded(now - 1, 100, now)

    assert limit.limit == START


def test_after_a_storm_the_limit_comes_back_within_a_minute() -> None:
    """Walked down to one by 429s, it doubles again while it is far below what it knew."""
    limit = Limit("auto", 0.0)
    server = Server(limit, 1_000, queues=False)
    server.rounds(6)
    while limit.limit > 1:
        server.now += 2.0
        limit.pushed_back(server.now - 1.0, server.now)

    server.rounds(60)

    assert limit.limit >= 500
