"""`preview`: a few seeds laid out for reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stream_synth.cli import showing
from stream_synth.cli.running import ConfigPath, Overrides, complete_with_progress, load

if TYPE_CHECKING:
    from rich.text import Text

    from stream_synth.assemble.preview import Exchange, Preview, SeedPreview
    from stream_synth.values import Decision, Sample


def preview(
    config: ConfigPath,
    *,
    n: Annotated[int, typer.Option("-n", min=1, help="Seeds to show.")] = 3,
    overrides: Overrides = None,
) -> None:
    """Show every prompt, reply, check and verdict of the first N seeds. No run directory is touched."""
    from stream_synth import assemble  # noqa: PLC0415  # loads the engine, which `--help` must not

    checked = load(config, overrides)
    seen = complete_with_progress(lambda _feed: assemble.preview(checked, n))
    for seed in seen.seeds:
        show_seed(seed)
    show_forecast(seen, checked.run.target_accepted)
    if seen.summary.exit_code:
        raise typer.Exit(seen.summary.exit_code)


def show_seed(seed: SeedPreview) -> None:
    """One seed from its first prompt to its last verdict."""
    record = seed.record
    showing.show("", labelled(f"━━ seed {record.seed_id}", f"{record.recipe} · {record.outcome}", "bold"))
    for exchange in in_order(seed.exchanges):
        show_exchange(exchange)
    if record.failure is not None:
        showing.show(labelled("no candidate", f"{record.failure.kind} at {record.failure.step}: {record.failure.message}", "red"))
    for decision in record.decisions:
        if not seed.exchanges:
            show_row(decision.sample)  # nothing above shows it
        show_decision(decision)


def show_row(sample: Sample) -> None:
    """The text of a row that came of no call."""
    for name in ("prompt", "reasoning", "response"):
        text = getattr(sample, name)
        if text:
            showing.show(labelled(name, text, "cyan"))


def in_order(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Steps as they began to answer, samples of a step by number: replies arrive in any order."""
    steps = list(dict.fromkeys(exchange.call.step for exchange in exchanges))
    return sorted(exchanges, key=lambda exchange: (steps.index(exchange.call.step), exchange.call.sample))


def show_exchange(exchange: Exchange) -> None:
    """What was said to a model, and its reply."""
    call, reply = exchange.call, exchange.reply
    showing.show(labelled("call", f"{call.step} #{call.sample} to {call.role} ({call.model}) {dict(call.request.params)}", "bold"))
    turns = call.request.messages or [{"role": "prompt", "content": call.request.prompt or ""}]
    for turn in turns:
        showing.show(labelled(str(turn["role"]), str(turn.get("content") or ""), "cyan"))
    if isinstance(reply, Exception):
        showing.show(labelled("failed", f"{reply.kind}: {reply}", "red"))
        return
    if reply.reasoning:
        showing.show(labelled("thinking", reply.reasoning, "magenta"))
    showing.show(labelled("reply", reply.text or reply.refusal, "green"))
    usage = reply.usage
    tokens = f"{usage.prompt_tokens} in, {usage.completion_tokens} out ({usage.reasoning_tokens} thinking)"
    showing.show(labelled("", f"{reply.finish_reason} · {tokens} · ${reply.cost_usd:.6f} · {reply.latency_s:.2f} s", "dim"))


def show_decision(decision: Decision) -> None:
    """What became of one candidate, gate by gate."""
    sample = decision.sample
    if decision.accepted:
        showing.show(labelled("accepted", f"slot {sample.slot or '-'} · {sample.lang or 'language unknown'}", "green"))
    else:
        evidence = f" · {dict(decision.evidence)}" if decision.evidence else ""
        showing.show(labelled("rejected", f"slot {sample.slot or '-'} · {decision.gate}: {decision.reason}{evidence}", "red"))
    for verdict in decision.verdicts:
        score = "" if verdict.score is None else f" · score {verdict.score:.4g}"
        passed = "passed" if verdict.passed else f"rejected: {verdict.reason}"
        showing.show(labelled("  verdict", f"{verdict.gate} {passed}{score}", "dim"))


def show_forecast(seen: Preview, target: int | None) -> None:
    """Tokens and money of these seeds, and what the whole run would take at this rate."""
    counts = seen.summary.counts
    tokens = counts["prompt_tokens"] + counts["completion_tokens"]
    seeds = "1 seed" if len(seen.seeds) == 1 else f"{len(seen.seeds)} seeds"
    decided = f"{counts['accepted']} accepted, {counts['rejected']} rejected"
    showing.show("", f"{seeds}: {decided}, {tokens:,} tokens, ${counts['cost_usd']:.6f}")
    if target and counts["accepted"]:
        share = target / counts["accepted"]
        showing.show(f"at this rate {target} accepted rows take {tokens * share:,.0f} tokens and ${counts['cost_usd'] * share:.4f}")
    else:
        thousand = 1000 / max(len(seen.seeds), 1)
        showing.show(f"at this rate 1,000 seeds take {tokens * thousand:,.0f} tokens and ${counts['cost_usd'] * thousand:.4f}")
    showing.show(f"kept in {seen.directory}")


def labelled(label: str, text: str, style: str) -> Text:
    """A coloured label before text that may hold anything."""
    from rich.text import Text  # noqa: PLC0415  # with the console

    return Text.assemble((showing.visible(f"{label} ") if label else "", style), showing.visible(text))
