"""Accepted rows in the shapes that trainers read."""

from stream_synth.export.exporting import export
from stream_synth.export.formats import FORMATS
from stream_synth.export.options import ExportOptions, parse_splits
from stream_synth.export.report import ExportReport

__all__ = ["FORMATS", "ExportOptions", "ExportReport", "export", "parse_splits"]
