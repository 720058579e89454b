"""The text by which two rows are duplicates: what a row teaches, as its recipe declares in `dedup_on`."""

from __future__ import annotations

from stream_synth.values import Sample


def taught(sample: Sample) -> tuple[str, str]:
    """The prompt side and the response side of the text to compare, "" for a side that does not count.

    Thinking belongs to the response: two solutions that reach the same answer another way are two rows.
    """
    response = f"{sample.reasoning}\n{sample.response}" if sample.reasoning else sample.response
    if sample.dedup_on == "prompt":
        return sample.prompt, ""
    return ("", response) if sample.dedup_on == "response" else (sample.prompt, response)


def exempt(sample: Sample) -> bool:
    """Rows of one parent share their prompt by design: it is no evidence against them."""
    return sample.dedup_on == "prompt"
