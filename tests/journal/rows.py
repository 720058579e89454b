"""Small real rows for the tests of journal, store and observe."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from stream_synth.journal import Intent, Journal, Reply
from stream_synth.values import Decision, Failure, Json, Sample, SeedRecord, Usage, Verdict

AT = 1_750_000_000.25


def key_of(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=16).digest()


def reply_of(name: str, *, seed_id: str = "q1", body: Json | None = None, status: str = "ok") -> Reply:
    said = {"text": f"answer {name}", "reasoning": "", "host": "h"} if body is None else body
    usage = Usage(10, 20, 5, 2)
    return Reply(key_of(name), key_of("text"), seed_id, "answer", 0, "teacher", "m", "e", 1, status, "stop", usage, 0.25, 0.5, AT, said)


def intent_of(journal: Journal, name: str) -> Intent:
    return Intent(journal.next_attempt_id(), key_of(name), 1, "e", AT, 0.5)


async def call(journal: Journal, name: str, *, seed_id: str = "q1") -> Reply:
    """One whole call, from intent to reply."""
    intent, reply = intent_of(journal, name), reply_of(name, seed_id=seed_id)
    await journal.intend(intent)
    await journal.settle(intent.id, "ok", reply)
    return reply


def sample_of(seed_id: str, slot: str = "0", *, prompt: str = "What is 2 + 3?", meta: Json | None = None) -> Sample:
    return Sample(
        prompt,
        "It is 5.",
        "2 and 3 make 5.",
        slot=slot,
        messages=({"role": "user", "content": prompt}, {"role": "assistant", "content": "It is 5."}),
        score=0.5,
        lang="en",
        prompt_tokens=10,
        reasoning_tokens=5,
        answer_tokens=15,
        cost_usd=0.25,
        model="m",
        meta={"origin": {"position": 3}} if meta is None else meta,
        id=f"{seed_id}/{slot}",
        seed_id=seed_id,
        parent_id=seed_id,
        recipe="distill",
        created_at=AT,
    )


def accepted(sample: Sample) -> Decision:
    return Decision(sample, (Verdict("rules", passed=True), Verdict("near_duplicate", passed=True, score=0.1)))


def rejected(sample: Sample, gate: str = "near_duplicate", reason: str = "duplicate", evidence: Json | None = None) -> Decision:
    why = {"duplicate_of": "q0/0", "similarity": 0.9} if evidence is None else evidence
    passed = () if gate.startswith("recipe:") else (Verdict("rules", passed=True),)
    return Decision(sample, (*passed, Verdict(gate, passed=False, reason=reason, evidence=why)), gate, reason, why)


def record_of(seq: int, decisions: Sequence[Decision] | None = None, failure: Failure | None = None) -> SeedRecord:
    seed_id = f"q{seq}"
    found = (accepted(sample_of(seed_id)), rejected(sample_of(seed_id, "1"))) if decisions is None else tuple(decisions)
    return SeedRecord(seq, seed_id, "distill", "failed" if failure else "done", found, failure, AT + seq)


def surplus_of(seq: int) -> SeedRecord:
    """A seed whose only row came after the target was reached."""
    return record_of(seq, [rejected(sample_of(f"q{seq}"), "target", "surplus", {})])


def promotion_of(seq: int, ids: Sequence[str]) -> SeedRecord:
    """The record that takes surplus rows in."""
    return SeedRecord(seq, "", "", "promoted", at=AT, promoted=tuple(ids))
