"""`configs/xwin_math.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="xwin_math",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=7",
        "recipe.keep=2",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS],
    out_of_reach=(
        "^Here is a mathematical question.*25 pages|^下面是一道数学题.*一辆汽车"
        "|^Check this question before.*line 27|^下面这道题在交给学生之前.*27路|^A bus.*line 37|^37路客车"
    ),
)
