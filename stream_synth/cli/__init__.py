"""The command line: the only part that prints and chooses exit codes."""

from stream_synth.cli.app import app, main

__all__ = ["app", "main"]
