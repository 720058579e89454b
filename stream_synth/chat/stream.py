"""Server-sent events joined into the reply that the server would have sent in one piece."""

from __future__ import annotations

from typing import Any

import orjson

MAX_LINE_BYTES = 16 << 20  # a server that never ends its line must not fill the memory


class BrokenStream(ValueError):
    """An event that is no JSON, a line without end, or an error sent in mid-stream."""


class Joiner:
    r"""Feed it bytes as they arrive; `joined()` gives the parsed reply.

    Lines are split on the byte `\n` alone: U+2028 and U+0085 are text. A character may be cut between two reads, so whole lines
    are decoded, never reads. A stream without finish reason counts as truncated, with or without `[DONE]`.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._refusal: list[str] = []
        self._logprobs: list[Any] = []
        self._tool_calls: dict[int, dict[str, Any]] = {}
        self._usage: Any = None
        self._finish = ""
        self._raw = False
        self.events = 0

    def feed(self, read: bytes) -> None:
        """The next bytes of the body."""
        if b"\n" not in read:
            self._rest += read
            if len(self._rest) > MAX_LINE_BYTES:
                raise BrokenStream(f"a line of more than {MAX_LINE_BYTES >> 20} MB")
            return
        head, _, self._rest = (self._rest + read).rpartition(b"\n")
        for line in head.split(b"\n"):
            self._line(bytes(line))

    def joined(self) -> dict[str, Any]:
        """The reply in the shape of an unstreamed one."""
        if self._rest:
            self._line(bytes(self._rest))
            self._rest = bytearray()
        if not self.events:
            raise BrokenStream("a stream without a single event")
        finish = self._finish or "length"
        text = "".join(self._text)
        if self._raw:
            return {"choices": [{"text": text, "finish_reason": finish}], "usage": self._usage}
        message: dict[str, Any] = {"content": text, "reasoning_content": "".join(self._reasoning), "refusal": "".join(self._refusal)}
        if self._tool_calls:
            message["tool_calls"] = [self._tool_calls[index] for index in sorted(self._tool_calls)]
        choice: dict[str, Any] = {"message": message, "finish_reason": finish}
        if self._logprobs:
            choice["logprobs"] = {"content": self._logprobs}
        return {"choices": [choice], "usage": self._usage}

    def _line(self, line: bytes) -> None:
        if not line.startswith(b"data:"):
            return  # comments, event names, ids, empty lines
        payload = line[5:].strip()
        if not payload or payload == b"[DONE]":
            return
        try:
            event = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise BrokenStream(f"an event that is no JSON: {error}") from error
        if not isinstance(event, dict):
            raise BrokenStream("an event that is no object")
        if event.get("error"):
            raise BrokenStream(f"an error in mid-stream: {str(event['error'])[:200]}")
        self.events += 1
        self._usage = event.get("usage") or self._usage
        for choice in event.get("choices") or ():
            if isinstance(choice, dict) and not choice.get("index"):
                self._choice(choice)

    def _choice(self, choice: dict[str, Any]) -> None:
        self._finish = choice.get("finish_reason") or self._finish
        if isinstance(choice.get("text"), str):
            self._raw = True
            self._text.append(choice["text"])
        delta = choice.get("delta")
        if isinstance(delta, dict):
            for name, kept in (("content", self._text), ("refusal", self._refusal)):
                if isinstance(delta.get(name), str):
                    kept.append(delta[name])
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            if isinstance(thought, str):
                self._reasoning.append(thought)
            for part in delta.get("tool_calls") or ():
                self._tool_call(part)
        logprobs = choice.get("logprobs")
        if isinstance(logprobs, dict):
            self._logprobs += logprobs.get("content") or []

    def _tool_call(self, part: dict[str, Any]) -> None:
        call = self._tool_calls.setdefault(
            int(part.get("index") or 0), {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        )
        call["id"] = part.get("id") or call["id"]
        function = part.get("function") or {}
        call["function"]["name"] += function.get("name") or ""
        call["function"]["arguments"] += function.get("arguments") or ""
