"""`escalate:` of a recipe: checked against the recipe's own reasons and roles."""

from __future__ import annotations

from stream_synth.config.checking import Place, build, nearest
from stream_synth.protocols import Recipe
from stream_synth.recipes import Card
from stream_synth.recipes.escalating import REPLACED, Escalate, Escalating


def escalating(recipe: Recipe, values: object, at: Place) -> Recipe:
    """The recipe with a second tier; as it is where `values` is None. Raises `ConfigError` for a reason the recipe does not have."""
    if values is None:
        return recipe
    escalate = build(Escalate, values, at)
    card = getattr(recipe, "card", None)
    if isinstance(card, Card):
        if REPLACED not in card.roles:
            raise at.error(f"has nobody to replace: recipe {recipe.name} asks no {REPLACED}")
        _check_reasons(escalate, recipe, card, at.under("on"))
    return Escalating(recipe, escalate)


def _check_reasons(escalate: Escalate, recipe: Recipe, card: Card, at: Place) -> None:
    if getattr(recipe, "verify", None) or not card.rejects:
        return  # your own check, or your own steps, have reasons that no card knows
    known = [*card.rejects, *dict.fromkeys(reason.partition("/")[2] for reason in card.rejects)]
    for index, reason in enumerate(escalate.on or ()):
        if reason not in known:
            raise at.under(index).error(f"{reason!r} is no reason of recipe {recipe.name}{nearest(reason, known)}")
