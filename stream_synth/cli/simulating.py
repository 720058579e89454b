"""`simulate`: the bundled test endpoint, until it is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

# \b keeps the lines of a paragraph as they are. The tests feed these examples to the endpoint.
FILES = """
The replies file: one rule a line, the first whose patterns are all found answers. Patterns are regular expressions on model, system
(system message), question (last user message), last (last message, or prompt) and path. Of a reply, {question}, {model}, {n} and groups
of the patterns ({g1}, or {name}) are filled in. A list gives one reply for each sample of the same request. What no rule matches gets
made-up text.

\b
  {"last": "capital of ([A-Za-z]+)", "reply": "You ask about {g1}.", "reasoning": "Which city?"}
  {"last": "1[+]1", "reply": ["2", {"reply": "It is", "finish_reason": "length"}]}
  {"path": "/classify", "label": "good", "probs": [0.1, 0.9]}

\b
beside reply: reasoning, finish_reason, logprobs (a list of tokens), refusal, tool_calls
for /classify: label, probs    for /pooling: pooled    a remark: note

The faults file: one fault a line, the first that strikes wins. It strikes requests that the patterns match.

\b
  {"kind": "status", "status": 429, "attempt": 1, "retry_after_s": 0.5}
  {"kind": "close_before_reply", "probability": 0.01, "last": "apple"}
  {"kind": "refuse_connections", "from_s": 2, "until_s": 4}

\b
kinds, not charged:  status, html, refuse_connections
kinds, charged:      malformed_json, empty_body, truncated_body, close_before_reply,
                     close_after_headers, slow_loris, hang, length, content_filter,
                     missing_usage
when:                attempt (1, or [1, 2]), probability, skip, times, from_s, until_s
how:                 status, code, message, retry_after_s, pause_s, pieces, charged

The ledger: one line for each charge, on file before its reply leaves. delivered is false where the client was gone or the reply
was broken off.
"""


def simulate(  # noqa: PLR0913  # each parameter is an option of the command
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free one.")] = 0,
    latency: Annotated[
        str,
        typer.Option(metavar="DIST", help="To the first token: fixed:S, uniform:A,B, lognormal:MEDIAN,SIGMA or exp:MEAN, in seconds."),
    ] = "fixed:0.2",
    rpm: Annotated[float | None, typer.Option(help="Requests a minute; more are refused with 429.")] = None,
    tpm: Annotated[float | None, typer.Option(help="Tokens a minute; more are refused with 429.")] = None,
    slots: Annotated[int | None, typer.Option(help="Requests served at once; others wait.")] = None,
    tokens_per_second: Annotated[float | None, typer.Option(help="Of one slot.")] = None,
    faults: Annotated[Path | None, typer.Option(help="JSONL of scripted faults, see below.")] = None,
    replies: Annotated[Path | None, typer.Option(help="JSONL rules: pattern to reply, see below.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="JSONL of every charge is appended there.")] = None,
    seed: Annotated[int, typer.Option(help="Of latencies, texts and probable faults.")] = 0,
    reply_tokens: Annotated[str, typer.Option(metavar="DIST", help="Length of replies that no rule gives.")] = "uniform:40,80",
    thinking: Annotated[bool, typer.Option("--thinking", help="Think, unless the request says enable_thinking: false.")] = False,
    refuse_unstreamed_thinking: Annotated[
        bool, typer.Option("--refuse-unstreamed-thinking", help="400 for thinking without stream: true, in Alibaba Bailian's words.")
    ] = False,
    idempotency: Annotated[
        bool, typer.Option("--idempotency", help="A known Idempotency-Key gets its first reply again, without a charge.")
    ] = False,
) -> None:
    """Serve the bundled OpenAI-compatible test endpoint until interrupted.

    /v1/chat/completions and /v1/completions (streamed or not), /classify and /pooling as vLLM has them, /v1/models, /health.
    """
    from stream_synth.simulate import Options, run_forever  # noqa: PLC0415  # `--help` must not load the server

    chosen: dict[str, Any] = {"rpm": rpm, "tpm": tpm, "slots": slots, "tokens_per_second": tokens_per_second}
    chosen |= {"faults": faults, "replies": replies, "ledger": ledger, "reply_tokens": reply_tokens, "thinking": thinking}
    chosen |= {"refuse_unstreamed_thinking": refuse_unstreamed_thinking, "idempotency": idempotency}
    run_forever(
        Options(host=host, port=port, latency=latency, seed=seed, **chosen),
        announce=lambda base_url: print(f"listening on {base_url}", flush=True),
    )
