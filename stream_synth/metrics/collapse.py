"""When diversity falls away: a window's figures against those of the first windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

# Share by which a figure must lie below its baseline. Measured on windows drawn from three instruction sets, zh and en: of 300 stationary
# windows none fell by more than the first number; the mildest collapse that the figure is there to catch fell by the second.
MIN_DROP = {
    "distinct_prompts": 0.20,  # 0.055; 0.44 when half of the prompts became one prompt
    "prompt_evenness": 0.06,  # 0.014; 0.09 when half of the prompts became one prompt
    "response_evenness": 0.06,  # 0.012; 0.07 when all answers got one opening, 0.21 when half became one answer
    "distinct_2": 0.20,  # 0.059; 0.35 when half of the rows came from twenty
    "vendi": 0.10,  # 0.017; 0.18 when all answers got one opening or a quarter of the rows followed one template
    "topics": 0.30,  # 0.059; 0.55 when half of the rows followed one template
}
SPREADS = 6.0  # standard deviations of the baseline: keeps a stream quiet whose windows differ by nature
BASELINE = 20  # windows: what the run was like in its first 12,000 accepted rows; a slow decline is measured against them too
ENOUGH = 3  # windows before anything can be said
CONFIRMED = 2  # windows in a row: one odd window is chance, two are a change. 400 rows, and up to 200 more to the window's border
_MAD_TO_DEVIATION = 1.4826  # of normally distributed values


@dataclass(frozen=True, slots=True)
class Collapse:
    """One figure that fell."""

    figure: str
    value: float
    baseline: float

    @property
    def drop(self) -> float:
        """Share of the baseline that is gone."""
        return 1 - self.value / self.baseline if self.baseline else 0.0

    def __str__(self) -> str:
        return f"{self.figure} {self.value:.3g}, {self.drop:.0%} below {self.baseline:.3g}"


@dataclass(slots=True)
class CollapseAlarm:
    """Feed it windows of equal size. `collapse` is what fell furthest, while it lasts."""

    collapse: Collapse | None = None
    windows: list[dict[str, float]] = field(default_factory=list)  # the baseline: at most `BASELINE`
    below: int = 0  # windows in a row

    def add(self, figures: Mapping[str, float]) -> bool:
        """One more window. True when the alarm went off or ended with it."""
        fallen = self._fallen(figures)
        was = self.collapse
        if fallen is None:
            self.below, self.collapse = 0, None
            if len(self.windows) < BASELINE:
                self.windows.append({name: figures[name] for name in MIN_DROP})
        else:
            self.below += 1
            self.collapse = fallen if self.below >= CONFIRMED else None
        return (was is None) != (self.collapse is None)

    def _fallen(self, figures: Mapping[str, float]) -> Collapse | None:
        if len(self.windows) < ENOUGH:
            return None
        found = [one for name in MIN_DROP if (one := self._compared(name, figures[name])) is not None]
        return max(found, key=lambda one: one.drop / MIN_DROP[one.figure], default=None)

    def _compared(self, name: str, value: float) -> Collapse | None:
        seen = [window[name] for window in self.windows]
        usual = median(seen)
        spread = _MAD_TO_DEVIATION * median(abs(one - usual) for one in seen)
        return Collapse(name, value, usual) if usual - value > max(MIN_DROP[name] * usual, SPREADS * spread) else None
