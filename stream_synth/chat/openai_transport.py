"""`transport: openai`: the official SDK's client, for gateways that were only ever tested with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import openai

from stream_synth.chat.concurrency import MOST
from stream_synth.chat.stream import Joiner
from stream_synth.chat.wire import CHAT, COMPLETIONS, Answer, Broken, NeverSent, Outgoing, address

if TYPE_CHECKING:
    from stream_synth.chat.upstream import Upstream

CONNECT_S = 30.0


class OpenAITransport:
    """One client for one endpoint. Retries, limits and time are ours; `None` as a limit would silently mean 100 connections."""

    def __init__(self, upstream: Upstream) -> None:
        self._base_url = upstream.endpoint.base_url
        seconds = upstream.endpoint.timeout_s
        limits = httpx2.Limits(max_connections=MOST, max_keepalive_connections=MOST)
        timeout = httpx2.Timeout(seconds, connect=CONNECT_S)
        self._client = openai.AsyncOpenAI(
            base_url=upstream.endpoint.base_url,
            api_key=upstream.key or "none",
            max_retries=0,
            timeout=timeout,
            http_client=openai.DefaultAsyncHttpxClient(limits=limits, timeout=timeout),
        )

    async def send(self, outgoing: Outgoing) -> Answer:
        """One attempt. The SDK does not tell when the body leaves: whatever is no failed connect counts as sent."""
        outgoing.written = True
        headers = {"Content-Type": "application/json", **outgoing.headers}
        url = outgoing.path if outgoing.path in {CHAT, COMPLETIONS} else address(self._base_url, outgoing.path)
        try:
            response = await self._client.post(url, cast_to=httpx2.Response, content=outgoing.body, options={"headers": headers})
        except openai.APIStatusError as error:
            return Answer(error.status_code, error.response.headers, error.response.content)
        except openai.APIConnectionError as error:
            cause = error.__cause__
            words = f"{type(cause).__name__}: {cause}"
            if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
                outgoing.written = False
                raise NeverSent(words) from error
            raise Broken(words) from error
        if outgoing.streams:
            joiner = Joiner()
            joiner.feed(response.content)
            return Answer(response.status_code, response.headers, b"", joiner.joined())
        return Answer(response.status_code, response.headers, response.content)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()
