"""Evaluation sets: which ones training data is kept clear of, and how their indexes are made. Only hashes are kept."""

from __future__ import annotations

from stream_synth.evals.adding import add_benchmark
from stream_synth.evals.reading import Columns, read_items
from stream_synth.evals.shelf import Listed, listed
from stream_synth.evals.shipped import SHIPPED_SETS, build_shipped

__all__ = ["SHIPPED_SETS", "Columns", "Listed", "add_benchmark", "build_shipped", "listed", "read_items"]
