"""Prompts are text files, `prompts/<recipe>/<language>/<step>.txt`, with `{{name}}` where something goes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files

_HOLE = re.compile(r"\{\{(\w+)\}\}")
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt as written. `digest` is 16 hex digits over its text: provenance."""

    text: str
    digest: str

    def fill(self, **values: str) -> str:
        """The prompt with its holes filled, once: what goes in is not searched for holes. A missing value raises `KeyError`."""
        return _HOLE.sub(lambda hole: values[hole[1]], self.text)


@lru_cache(maxsize=512)  # every prompt of every method, many times over
def load(recipe: str, step: str, lang: str, *, package: str = "stream_synth.recipes") -> Template:
    """The prompt in the wanted language, else in English. A recipe from elsewhere names its own `package`."""
    folder = files(package) / "prompts" / recipe
    wanted = folder / lang / f"{step}.txt"
    path = wanted if wanted.is_file() else folder / FALLBACK / f"{step}.txt"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    return Template(text, digest_of(text))


def folder_of(kind: type, package: str = "stream_synth.recipes") -> str | None:
    """The folder of a class: the `name` it has or, where there is no folder of that name, that of the nearest class it derives from."""
    return _first_folder(tuple(str(vars(one)["name"]) for one in kind.__mro__ if vars(one).get("name")), package)


@lru_cache(maxsize=512)  # a look at the disk for each class
def _first_folder(names: tuple[str, ...], package: str) -> str | None:
    return next((name for name in names if (files(package) / "prompts" / name).is_dir()), None)


def digest_of(*texts: str) -> str:
    """One digest over several prompts, in order."""
    return blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
