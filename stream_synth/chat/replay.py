"""What the journal holds of a finished call, as the caller would have seen it."""

from __future__ import annotations

from stream_synth.chat.outcome import ANSWERED, Failed
from stream_synth.chat.reply import Said
from stream_synth.chat.upstream import Upstream
from stream_synth.errors import ChatError
from stream_synth.journal import Reply
from stream_synth.values import Call, Completion, Usage


def completion_of(reply: Reply) -> Completion:
    """The completion of a journalled reply. Raises the `ChatError` of one that failed for good."""
    body = reply.body
    if reply.status not in ANSWERED:
        raise ChatError(reply.status, str(body.get("error", "")), status=int(body.get("http_status", 0)))
    return Completion(
        body["text"],
        body.get("reasoning", ""),
        reply.finish_reason,
        reply.usage,
        reply.model,
        reply.endpoint,
        body.get("host", ""),
        reply.cost_usd,
        reply.latency_s,
        body.get("refusal", ""),
        tuple(body.get("tool_calls", ())),
        tuple(body.get("logprobs", ())),
        reply.key,
    )


def answered(call: Call, upstream: Upstream, attempts: int, said: Said, measured: tuple[Usage, float, float, float]) -> Reply:
    """The journal's row for an answer. `measured`: usage, cost in USD, latency in s, start (epoch)."""
    body: dict[str, object] = {"text": said.text, "host": upstream.endpoint.host}
    for name in ("reasoning", "refusal", "tool_calls", "logprobs"):
        if value := getattr(said, name):
            body[name] = value
    return Reply(*_who(call, upstream), attempts, said.outcome, said.finish_reason, *measured, body)


def failed(call: Call, upstream: Upstream, attempts: int, failure: Failed, timing: tuple[float, float]) -> Reply:
    """The journal's row for a call that failed for good. `timing`: latency in s, start (epoch)."""
    body = {"error": failure.message, "http_status": failure.status}
    status = "unreadable" if failure.unreadable else failure.outcome
    return Reply(*_who(call, upstream), attempts, status, "", Usage(), 0.0, *timing, body)


def _who(call: Call, upstream: Upstream) -> tuple[bytes, bytes, str, str, int, str, str, str]:
    return (call.key, call.text_hash, call.seed_id, call.step, call.sample, call.role, call.model, upstream.name)
