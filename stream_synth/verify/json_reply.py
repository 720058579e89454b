"""The JSON value in a model's reply: between other words, in a fence, with LaTeX that was not escaped."""

from __future__ import annotations

import json
import re
from typing import Any

# Models write LaTeX into JSON with one backslash; \frac is no form feed, but \nThen is a new line.
_LATEX = re.compile(r"(?<!\\)\\(?=[a-mo-tv-zA-Z][A-Za-z]|[(){}\[\]])")


def json_in(text: str) -> Any:  # noqa: ANN401  # a JSON value
    """The object or list from the first opening bracket to the last closing one; None when that is no JSON."""
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    end = max(text.rfind("}"), text.rfind("]"))
    if start < 0:
        return None
    for candidate in (_LATEX.sub(r"\\\\", text[start : end + 1]), text[start : end + 1]):
        try:
            return json.loads(candidate, strict=False)  # line feeds inside strings are common and harmless
        except (json.JSONDecodeError, RecursionError):
            continue
    return None
