"""The options of methods whose solutions hold programs that are run."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.recipes.shared.solving import Solving
from stream_synth.verify.notebook import sandbox_of
from stream_synth.verify.sandbox import Sandbox


@dataclass(frozen=True, kw_only=True)
class Computing(Solving):
    """Bounds of the code. It runs apart from everything else, or not at all."""

    block_s: float = field(
        default=10.0, metadata={"help": "CPU seconds for each block of code (OpenMathInstruct: 10); four times that by the clock"}
    )
    memory_mb: int = field(default=1024, metadata={"help": "memory of the code; sympy and numpy take a fifth of it"})
    allow_unprotected: bool = field(default=False, metadata={"help": "run code also where the machine gives no namespaces"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sandbox()  # refused before the first call is paid

    def sandbox(self) -> Sandbox:
        """Where the code runs."""
        return sandbox_of(self.block_s, self.memory_mb, allow_unprotected=self.allow_unprotected)
