"""Methods written in YAML: `recipe: {steps: […]}`, from the blocks that the built-in ones are made of."""

from __future__ import annotations

from stream_synth.recipes.steps.recipe import Steps

__all__ = ["Steps"]
