"""What can be set of the reward gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.calibration import Calibration, calibration_in, calibration_of

Scorer: TypeAlias = Literal["heuristic", "served", "cross_encoder", "judge"]
Style: TypeAlias = Literal["vllm_classify", "vllm_pooling", "vllm_score", "rerank", "sglang_classify"]
MARKS = ("correct", "well_formed", "unambiguous")
ROLES = {"served": "reward", "judge": "judge"}


@dataclass(frozen=True, slots=True)
class RewardOptions:
    """One scorer and one lower bound; the other fields belong to the scorer that they name."""

    scorer: Scorer = field(default="heuristic", metadata={"help": "heuristic (no download), served, cross_encoder or judge"})
    # 0.05 of the heuristic lies halfway between the typical degenerate row (0) and the worst hundredth of everyday rows (0.1).
    min_score: float = field(default=0.05, metadata={"help": "rows whose calibrated score in 0..1 lies below are rejected"})
    calibration: str | Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "{language: [[raw, score], ...]} of this scorer, '' for all other languages; or a file of stream-synth fit-calibration",
            "path": True,
        },
    )
    head: str = field(default="", metadata={"help": "heuristic: a file of stream-synth train-scorer instead of the shipped weights"})
    model: str = field(default="", metadata={"help": "cross_encoder: hub id or path"})
    batch_size: int = field(default=32, metadata={"help": "cross_encoder: rows computed together"})
    max_tokens: int = field(default=2048, metadata={"help": "cross_encoder: tokens of prompt and answer that are read"})
    role: str = field(default="", metadata={"help": "served, judge: the endpoint role that is asked; reward or judge when empty"})
    style: Style = field(default="vllm_classify", metadata={"help": "served: the wire form"})
    activation: Literal["auto", "on", "off"] = field(
        default="auto", metadata={"help": "served: whether replies are probabilities (on) or raw scores (off); auto asks the server once"}
    )
    template: str = field(
        default="", metadata={"help": "served, where the server applies no chat template: a text with {prompt} and {response}"}
    )
    logprobs: bool = field(default=True, metadata={"help": "judge: ask for log probabilities; false for servers that refuse the field"})
    min_marks: Mapping[str, float] = field(
        default_factory=dict, metadata={"help": "judge: {correct: 4, well_formed: 3, unambiguous: 3}, lower bounds of marks 1..5"}
    )
    anchors_every: int = field(
        default=1000,
        metadata={"help": "served, judge: twelve fixed rows are scored at the start and every so many accepted rows; 0: never"},
    )
    max_drift: float = field(
        default=0.1,  # a judge that moves one of its three marks by one on every anchor is at 0.083
        metadata={"help": "warn when the fixed rows' calibrated scores differ by more from those at the start, in the mean"},
    )

    def __post_init__(self) -> None:
        if not 0 <= self.min_score <= 1:
            raise ConfigError(f"reward.min_score is {self.min_score}: calibrated scores lie between 0 and 1")
        if self.scorer == "cross_encoder" and not self.model:
            raise ConfigError("reward.model is missing: name the cross-encoder, a hub id or a path")
        if self.batch_size < 1 or self.max_tokens < 1:
            raise ConfigError("reward.batch_size and reward.max_tokens must be at least 1")
        if self.anchors_every < 0 or not 0 <= self.max_drift <= 1:
            raise ConfigError("reward.anchors_every must not be negative, and reward.max_drift lies between 0 and 1")
        for mark, bound in self.min_marks.items():
            if mark not in MARKS or not 1 <= bound <= 5:
                raise ConfigError(f"reward.min_marks: {mark} {bound}; there are {', '.join(MARKS)}, from 1 to 5")
        if self.template and not ("{prompt}" in self.template and "{response}" in self.template):
            raise ConfigError("reward.template needs {prompt} and {response}")
        if not isinstance(self.calibration, str):
            calibration_of(self.calibration)

    def calibrated(self, scorer: str) -> Calibration:
        """The calibration as given, of a file that of the scorer so called. Raises `ConfigError`."""
        return calibration_in(self.calibration, scorer) if isinstance(self.calibration, str) else calibration_of(self.calibration)

    @property
    def asked_role(self) -> str:
        """The role of the endpoint that scores."""
        return self.role or ROLES.get(self.scorer, "")
