"""The hot path: aiohttp, one session for each endpoint, nothing done per call that can be done once."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload
from yarl import URL

from stream_synth.chat.stream import Joiner
from stream_synth.chat.wire import CHAT, COMPLETIONS, ROUTES, Answer, Broken, NeverSent, Outgoing, address

if TYPE_CHECKING:
    from stream_synth.chat.upstream import Upstream

CONNECT_S = 30.0  # TCP and TLS; a host that takes longer is not there
KEEPALIVE_S = 15.0  # below the idle limit of common servers (nginx 75, uvicorn 5 is the exception): a reused dead connection is ambiguous
DNS_S = 300
READ_BYTES = 1 << 20  # a 100 KB reply in one piece
USER_AGENT = "stream-synth"
IDLE_PROBE_S = 60  # TCP keep-alive: a NAT that forgot a 10-minute request is noticed


class AiohttpTransport:
    """Connections to one endpoint. The limit on calls in flight is ours, so the connector's is lifted."""

    def __init__(self, upstream: Upstream) -> None:
        base_url = upstream.endpoint.base_url.rstrip("/")
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept": "*/*"}
        if upstream.key:
            headers["Authorization"] = f"Bearer {upstream.key}"
        self._urls = {path: URL(address(base_url, path)) for path in (CHAT, COMPLETIONS, *ROUTES)}
        connector = aiohttp.TCPConnector(
            limit=0, ttl_dns_cache=DNS_S, keepalive_timeout=KEEPALIVE_S, enable_cleanup_closed=False, socket_factory=_socket
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=None),
            read_bufsize=READ_BYTES,
            proxy=_proxy_for(base_url),
        )

    async def send(self, outgoing: Outgoing) -> Answer:
        """One attempt; the connection goes back to the pool at the reply's last byte."""
        try:
            response = await self._session.post(
                self._urls[outgoing.path], data=_Body(outgoing), headers=outgoing.headers, allow_redirects=False
            )
            try:
                if outgoing.streams and response.status == 200:
                    return Answer(200, response.headers, b"", await _joined(response))
                return Answer(response.status, response.headers, await response.read())
            except BaseException:
                response.close()
                raise
        except (aiohttp.ClientError, OSError) as error:
            words = str(error) or type(error).__name__
            if outgoing.written:
                raise Broken(f"connection lost after the request was sent: {words}") from error
            raise NeverSent(words) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


class _Body(Payload):
    """The request's bytes; says when they begin to leave, at no cost (a TraceConfig costs 40 µs a call)."""

    _autoclose = True

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__(outgoing.body, content_type="application/json")
        self._size = len(outgoing.body)
        self._outgoing = outgoing

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """For aiohttp's own messages."""
        return self._outgoing.body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """All of it."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """All of it; the length that aiohttp gives is the body's own."""
        del content_length
        self._outgoing.written = True
        await writer.write(self._outgoing.body)


async def _joined(response: aiohttp.ClientResponse) -> object:
    """A streamed reply in one piece. A server that ignores `stream` and answers plainly is read plainly."""
    if "json" in response.content_type:
        return await response.json(content_type=None)
    joiner = Joiner()
    async for read in response.content.iter_any():
        joiner.feed(read)
    return joiner.joined()


def _socket(address: tuple[object, ...]) -> socket.socket:
    """A socket that notices a dead peer while it waits for a long reply."""
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)  # type: ignore[arg-type]  # getaddrinfo's tuple
    made.setblocking(False)  # noqa: FBT003  # the standard library takes it by position
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_PROBE_S)
    return made


def _proxy_for(base_url: str) -> str | None:
    """The proxy that the environment names for this address, asked once (aiohttp would ask for every call)."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
