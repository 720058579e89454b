"""The gate: a scorer, its calibration, and a lower bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from stream_synth.gates.home import GateHome
from stream_synth.gates.reward.anchors import scored
from stream_synth.gates.reward.calibration import Calibration, plain
from stream_synth.gates.reward.cross_encoder import LocalCrossEncoder
from stream_synth.gates.reward.embedder import embedder
from stream_synth.gates.reward.head import load_head, shipped_head
from stream_synth.gates.reward.heuristic import Heuristic
from stream_synth.gates.reward.judge import Judge
from stream_synth.gates.reward.options import RewardOptions
from stream_synth.gates.reward.scoring import Asking, Local, Score, language_of
from stream_synth.gates.reward.served import Served
from stream_synth.protocols import Chat
from stream_synth.values import Sample, Verdict

MAX_WAITING = 100_000  # verdicts between `consult` and `admit`; those of rows that another gate rejected meanwhile fall out


class Reward:
    """Rejects rows whose calibrated score lies below `min_score` (`low_score`), or that got none (the scorer's reason)."""

    name = "reward"
    remembers = False
    Options = RewardOptions

    def __init__(self, options: RewardOptions, home: GateHome) -> None:  # noqa: ARG002  # the signature of every gate; keeps no files
        self.options = options
        self._asking: Asking | None = None
        self._local: Local | None = None
        own = Calibration()
        match options.scorer:
            case "served":
                self._asking = Served(options)
            case "judge":
                self._asking = Judge(options)
            case "cross_encoder":
                self._local = LocalCrossEncoder(options.model, options.batch_size, options.max_tokens)
            case "heuristic":
                head = load_head(options.head) if options.head else shipped_head()
                self._local = Heuristic(head, embedder(head.embedder) if head.embedder else None)
                own = head.calibration
        scorer = self._asking or self._local
        self._calibration = options.calibrated(scorer.name) if options.calibration and scorer else own
        self._waiting: OrderedDict[str, Verdict] = OrderedDict()

    @property
    def consults(self) -> bool:
        """Its scorer costs calls."""
        return self._asking is not None

    @property
    def anchors_every(self) -> int:
        """Accepted rows between two looks at the anchors; 0 where the scorer is computed here and cannot drift."""
        return self.options.anchors_every if self.consults else 0

    @property
    def max_drift(self) -> float:
        """Of the anchors' calibrated scores, before it is worth a warning."""
        return self.options.max_drift

    async def anchored(self, chat: Chat, watch: str, turn: int) -> dict[str, float]:
        """The anchors' calibrated scores; none from a scorer that is computed here."""
        scorer = self._asking
        if scorer is None:
            return {}
        verdicts = {row.id: self._verdict(scorer, row, score) for row, score in await scored(scorer, chat, watch, turn)}
        return {anchor: verdict.score for anchor, verdict in verdicts.items() if verdict.score is not None}

    def measure(self, batch: Sequence[Sample]) -> list[Verdict | None]:
        """The verdict on each row, None where it has to be asked for."""
        if self._local is None:
            return [None] * len(batch)
        scores = self._local.scores(batch)
        return [self._verdict(self._local, sample, score) for sample, score in zip(batch, scores, strict=True)]

    def look(self, batch: Sequence[Sample], measured: Sequence[Verdict | None]) -> list[Verdict | None]:  # noqa: ARG002  # the same
        """Rejections are final at once."""
        return [None if verdict is None or verdict.passed else verdict for verdict in measured]

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """A rejection; a row that passes gets its verdict, with the score, from `admit`."""
        if self._asking is None:
            return None
        verdict = self._verdict(self._asking, sample, await self._asking.score(sample, chat))
        if not verdict.passed:
            return verdict
        self._waiting[sample.id] = verdict
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)
        return None

    def admit(self, sample: Sample, measured: Verdict | None) -> Verdict:
        """What was measured, or heard; `unasked` for a row that nobody was asked about."""
        return measured or self._waiting.pop(sample.id, None) or Verdict(self.name, passed=True, reason="unasked")

    def remember(self, sample: Sample, measured: Verdict | None) -> None:
        """Nothing to remember."""

    def close(self) -> None:
        """Nothing to release."""

    def _verdict(self, scorer: Local | Asking, sample: Sample, score: Score) -> Verdict:
        if score.raw is None:
            return Verdict(self.name, passed=False, reason=score.reason, scorer=scorer.name, evidence=score.evidence)
        calibrated = self._calibration(score.raw, language_of(sample))
        if calibrated is None:
            calibrated = plain(score.raw, bounded=scorer.bounds)
        low = calibrated < self.options.min_score
        evidence = {**score.evidence, "min_score": self.options.min_score} if low else score.evidence
        reason = "low_score" if low else score.fails
        return Verdict(self.name, not reason, reason, round(calibrated, 4), round(score.raw, 4), scorer.name, evidence)
