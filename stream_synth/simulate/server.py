"""The network side: a raw protocol on asyncio, one request at a time on each connection, as many connections as come."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from typing import cast

from stream_synth.errors import ConfigError
from stream_synth.simulate import wire
from stream_synth.simulate.ledger import Ledger
from stream_synth.simulate.options import Options
from stream_synth.simulate.plan import Ending, Plan, refusal
from stream_synth.simulate.service import Counts, Service
from stream_synth.simulate.wire import BadHttp, Head

BACKLOG = 4096  # connections that wait to be accepted; Linux allows no more by default
MAX_UNREAD_BYTES = wire.MAX_HEAD_BYTES + wire.MAX_BODY_BYTES  # of requests sent ahead on one connection
OPEN_FILES = 65_536  # one for each connection; the usual soft limit of 1,024 ends at a thousand calls in flight


class Server:
    """A listening endpoint. Everything it has processed is in the ledger, whoever was still there to read the reply."""

    def __init__(self, options: Options, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.service = Service(options, started=loop.time())
        self.ledger = Ledger(options.ledger)
        self.connections: set[Connection] = set()
        self.port = options.port
        self._host = options.host
        self._listening: asyncio.Server | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._reopening: asyncio.Task[None] | None = None

    @property
    def base_url(self) -> str:
        """What a client puts into `base_url`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}/v1"

    @property
    def counts(self) -> Counts:
        """What has happened since the start."""
        return self.service.counts

    async def start(self) -> None:
        """Listen, and arrange the scripted outages. Raises `ConfigError` when the address cannot be had."""
        await self._listen()
        for start_s, end_s in self.service.faults.outages():
            self._timers.append(self.loop.call_later(start_s, self._refuse))
            self._timers.append(self.loop.call_later(end_s, self._accept))

    async def close(self) -> None:
        """Stop listening, drop every connection, close the ledger. What was still being worked on is not charged."""
        for timer in self._timers:
            timer.cancel()
        if self._reopening is not None:
            await self._reopening
        self._refuse()
        for connection in tuple(self.connections):
            connection.drop()
        self.ledger.close()
        await asyncio.sleep(0)  # lets the transports close their sockets

    async def _listen(self) -> None:
        try:
            self._listening = await self.loop.create_server(
                lambda: Connection(self), self._host, self.port, backlog=BACKLOG, reuse_address=True
            )
        except OSError as error:
            raise ConfigError(f"cannot listen on {self._host}:{self.port}: {error.strerror or error}; choose another port") from error
        self.port = self._listening.sockets[0].getsockname()[1]

    def _refuse(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _accept(self) -> None:
        if self._listening is None:
            self._reopening = self.loop.create_task(self._listen())


class Connection(asyncio.Protocol):
    """One client. Requests sent ahead wait in the buffer, so that replies keep their order."""

    __slots__ = ("_busy", "_head", "_keep_alive", "_server", "_timer", "_transport", "_unread")

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None  # None: the client is gone
        self._unread = bytearray()
        self._head: Head | None = None  # of a request whose body is still to come
        self._busy = False
        self._keep_alive = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)  # what uvloop hands over is one in all but name
        self._server.connections.add(self)
        self._server.counts.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the protocol's signature
        """The client is gone. What it asked for is finished and charged all the same."""
        self._transport = None
        self._unread.clear()
        if not self._busy or self._timer is None:
            self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Bytes of one request, of a part of one, or of several."""
        self._unread += data
        if not self._busy:
            self._serve_next()
        elif len(self._unread) > MAX_UNREAD_BYTES and self._transport is not None:
            self._transport.pause_reading()

    def drop(self) -> None:
        """Forget the client and its request."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    def _serve_next(self) -> None:
        """Start on requests in the buffer until one of them takes time."""
        while not self._busy and self._unread and self._transport is not None:
            try:
                if not self._is_whole():
                    return
                assert self._head is not None
                request, self._head = wire.take(self._unread, self._head), None
            except BadHttp as error:
                self._unread.clear()
                self._keep_alive = False
                self._begin(refusal(error.status, str(error), "bad_http"))
                return
            self._keep_alive = request.keep_alive
            self._begin(self._server.service.plan(request, self._server.loop.time()))

    def _is_whole(self) -> bool:
        """There is a whole request in the buffer; `_head` is read as soon as it can be."""
        if self._head is None:
            self._head = wire.read_head(self._unread)
            if self._head is None:
                return False
            if self._head.expects_continue and len(self._unread) < self._head.size and self._transport is not None:
                self._transport.write(wire.CONTINUE)
        return len(self._unread) >= self._head.size

    def _begin(self, plan: Plan) -> None:
        counts = self._server.counts
        self._busy = True
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)
        if plan.wait_s > 0:
            self._timer = self._server.loop.call_later(plan.wait_s, self._write, plan, 0)
        else:
            self._write(plan, 0)

    def _write(self, plan: Plan, position: int) -> None:
        """The piece at this position, the charge before the last one."""
        self._timer = None
        last = position >= len(plan.pieces) - 1
        is_open = self._transport is not None and not self._transport.is_closing()
        if last:
            self._charge(plan, delivered=is_open and plan.whole)
        if is_open and plan.pieces and self._transport is not None:
            self._transport.write(plan.pieces[position])
        if last:
            self._end(plan)
        else:
            self._timer = self._server.loop.call_later(plan.gap_s, self._write, plan, position + 1)

    def _charge(self, plan: Plan, *, delivered: bool) -> None:
        service = self._server.service
        if plan.status == 200:
            service.counts.answered += 1
        if plan.charge is not None:
            service.counts.charged += 1
            service.counts.undelivered += not delivered
            self._server.ledger.write(plan.charge, answered_at=service.wall(), delivered=delivered)

    def _end(self, plan: Plan) -> None:
        """Make the connection ready for the next request, or leave it as the plan says."""
        self._server.counts.in_flight -= 1
        if self._transport is None:
            self._server.connections.discard(self)
        elif plan.ending is Ending.HANG:
            return  # busy for ever: nothing more is answered on this connection
        elif plan.ending is Ending.CLOSE or not self._keep_alive:
            self._transport.close()
        elif self._unread:
            self._transport.resume_reading()
            self._server.loop.call_soon(self._resume)
        self._busy = False

    def _resume(self) -> None:
        if not self._busy:
            self._serve_next()


@contextlib.asynccontextmanager
async def serve(options: Options) -> AsyncIterator[Server]:
    """An endpoint in the running loop: `base_url`, `port`, `counts`. Leaving it drops every connection and closes the ledger.

    Raises `ConfigError` for scripts that cannot be read, a ledger that cannot be written or an address that cannot be had.
    """
    _allow_open_files()
    server = Server(options, asyncio.get_running_loop())
    try:
        await server.start()
        yield server
    finally:
        await server.close()


def run_forever(options: Options, announce: Callable[[str], None] = lambda _base_url: None) -> Counts:
    """An endpoint in a process of its own until SIGINT or SIGTERM. `announce` gets the base URL as soon as it can be used."""
    try:
        from uvloop import new_event_loop  # noqa: PLC0415  # not on every platform, and not needed by `serve`
    except ImportError:
        from asyncio import new_event_loop  # noqa: PLC0415
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_until_stopped(options, announce))


async def _until_stopped(options: Options, announce: Callable[[str], None]) -> Counts:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with serve(options) as server:
        announce(server.base_url)
        await stopped.wait()
    return server.counts


def _allow_open_files() -> None:
    """Raise the soft limit of open files towards what many connections need, as far as the hard one lets."""
    try:
        import resource  # noqa: PLC0415  # Unix only
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
