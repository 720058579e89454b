"""A topic tree that grows from each root, level by level, without saying anything twice; its leaves are topics to write about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.tree import Node, Tree
from stream_synth.text.sampling import Spread
from stream_synth.values import Request, Sample, Seed
from stream_synth.verify import language_of


@dataclass(frozen=True, kw_only=True)
class Topics(Asking):
    """`breadth` ** `depth` leaves from a root at most: ten to the power of three from twenty roots are phi-1.5's 20,000 topics."""

    depth: int = field(default=3, metadata={"help": "levels below the root", "least": 1})
    breadth: int = field(default=10, metadata={"help": "subtopics of each topic", "least": 2})
    temperature: Spread | None = field(default=0.7, metadata={"help": "sampling temperature"})

    name = "topics"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The leaves of one root's tree; each reply is charged to what comes of it first."""
        del tools
        root = str(seed.fields.get("topic") or "").strip()
        if not root:
            raise Dropped(Sample("", "", slot="seed"), "seed", "no_topic", evidence={"problem": "the seed names no root"})
        lang = str(seed.fields.get("lang") or language_of(root))
        tree = Tree(Sample("", "", lang=lang, meta=self.provenance(lang, "divide")), self.breadth)
        level = [tree.root(root)]
        for depth in range(1, self.depth + 1):
            asked = [ask(f"divide/{depth}", self._request(node, level, lang), sample=place) for place, node in enumerate(level)]
            replies = await together(asked)
            level = [child for node, reply in zip(level, replies, strict=True) for child in tree.grow(node, reply)]
        for node in level:
            tree.leaf(node)
        return tree.rows

    def _request(self, node: Node, level: Sequence[Node], lang: str) -> Request:
        beside = "\n".join(f"- {other.path[-1]}" for other in level if other.path[:-1] == node.path[:-1] and other != node) or "-"
        prompt = load(self.texts, "divide", lang).fill(path=" > ".join(node.path), count=str(self.breadth), beside=beside)
        return self.request(self.opening(prompt))
