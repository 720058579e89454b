"""The commented configuration that `stream-synth init` writes, made from the recipe's card and options."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from stream_synth.config.resolve import plain
from stream_synth.recipes import Card, find_recipe

DEFAULT = "distill"
COMMENT_COLUMN = 44  # options and what they do stand in two columns

_RUN = """\
run:
  name: {name}{pad}# the run lives in runs/{name}
  # seed: 0                                 # all randomness of the run derives from it
  # target_accepted: 1000                   # stop at exactly this many accepted rows
  # max_cost_usd: 5                         # budget; needs a price and max_tokens
  # max_seconds: 3600
"""
_ROWS = """\
source:
  kind: jsonl                               # or json, csv, parquet, sql, huggingface, documents, grid, domains, pool, module:callable
  path: questions.jsonl                     # beside this file, or in the working directory
  # id: uuid                                # column that identifies a row; else a hash of its fields
  # on_bad_row: stop                        # default: broken rows are recorded and skipped
"""
_ENDPOINT = """\
    base_url: "${{SS_BASE_URL:-http://127.0.0.1:8000/v1}}"   # any OpenAI-compatible service: vLLM, SGLang, DeepSeek, DashScope, OpenAI
    model: "${{SS_MODEL:-my-model}}"
    api_key_env: "${{SS_API_KEY_ENV:-}}"      # NAME of the environment variable with the key; empty: no key
    # requests_per_minute: 600
    # tokens_per_minute: 1000000
    # price: {{input: 0.4, output: 1.2}}      # USD per 1M tokens
    # extra_body: {{enable_thinking: true}}   # body fields for this service
"""
_GATES = """\
# Left out, gates are the default chain. Each takes options; `gates: []` switches them off.
# gates:
#   - rules: {}
#   - exact_duplicate: {}
#   - near_duplicate: {threshold: 0.8}
"""


def starter(recipe: str | None = None) -> str:
    """A commented configuration for a recipe, as YAML text. Raises `ConfigError` for a recipe that does not exist.

    It loads as it stands once its `questions.jsonl` is there; what is commented out shows the defaults.
    """
    kind = find_recipe(recipe or DEFAULT)
    name = recipe or DEFAULT
    card = getattr(kind, "card", None)
    run_name = name.rpartition(":")[2].lower()
    head = [f"# {card.summary}", f"# {card.paper}"] if isinstance(card, Card) else [f"# {name}"]
    steps = "# Next: stream-synth doctor FILE; stream-synth preview FILE; stream-synth run FILE"
    parts = [
        "\n".join([*head, steps]) + "\n",
        _RUN.format(name=run_name, pad=" " * max(1, COMMENT_COLUMN - len(f"  name: {run_name}"))),
        _source(card),
        f"recipe:\n  name: {name}\n" + "".join(_options(kind)),
        *_endpoints(kind, card),
        _GATES,
    ]
    return "\n".join(parts)


def _source(card: object) -> str:
    if isinstance(card, Card) and card.source:
        return "source:\n" + "".join(f"  {name}: {value}\n" for name, value in card.source.items())
    if isinstance(card, Card) and not card.one_of:
        return "source:\n" + _line("  kind: program", "numbered blank seeds") + "  count: 100\n"
    return _ROWS + "".join(_fields(card))


def _fields(card: object) -> Iterator[str]:
    if not isinstance(card, Card):
        return
    wanted = {card.one_of[0], *card.needed} | ({"answer"} if "gold answer" in card.needs else set())
    yield _line("  fields:", "the recipe's field: template over the row's columns, such as \"{instruction}\\n{input}\"")
    for name, holds in card.fields_in.items():
        mark = "" if name in wanted else "# "
        yield _line(f'    {mark}{name}: "{{{name}}}"', holds)


def _options(kind: type[Any]) -> Iterator[str]:
    for one in fields(kind) if is_dataclass(kind) else ():
        if "starter" in one.metadata:
            yield _line(f"  {one.name}:", str(one.metadata.get("help", ""))) + one.metadata["starter"]
            continue
        yield _line(f"  # {one.name}: {_default(one)}", str(one.metadata.get("help", "")))


def _default(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return json.dumps(plain(one.default), ensure_ascii=False)
    return json.dumps(plain(one.default_factory()), ensure_ascii=False) if one.default_factory is not MISSING else "..."


def _endpoints(kind: type[Any], card: object) -> Iterator[str]:
    roles = card.roles if isinstance(card, Card) else {"teacher": "answers"}
    optional = {one.name for one in fields(kind) if not one.default} if is_dataclass(kind) else set()
    if roles:
        lines = ["endpoints:\n"]
        for role, does in roles.items():
            block = _line(f"  {role}:", does) + _ENDPOINT.format()
            lines.append("".join(f"  # {line[2:]}\n" for line in block.splitlines()) if optional & {role, f"{role}s"} else block)
        yield "".join(lines)


def _line(text: str, comment: str) -> str:
    return f"{text:<{COMMENT_COLUMN}}# {comment}\n" if comment else f"{text}\n"
