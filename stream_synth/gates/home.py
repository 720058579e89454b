"""Where a gate may keep files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stream_synth.protocols import Chat
from stream_synth.values import Sample, Verdict


@dataclass(frozen=True, slots=True)
class GateHome:
    """A folder beside the database, or None: then everything lives in memory. Files in it are caches, never the record."""

    directory: Path | None = None

    def file(self, name: str) -> Path | None:
        """The path of a file of this gate; its folder exists afterwards."""
        if self.directory is None:
            return None
        self.directory.mkdir(parents=True, exist_ok=True)
        return self.directory / name


class AsksNobody:
    """The part of a gate that costs no call."""

    remembers = True  # False: accepted rows need not be shown to it again when a run resumes

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:  # noqa: ARG002  # the signature of every gate
        """Asks nobody."""
        return None
