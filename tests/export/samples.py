"""A table of accepted rows in memory, and the query that an export is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import orjson
import pyarrow as pa

COLUMNS = (
    "seq BIGINT, id VARCHAR, seed_id VARCHAR, prompt VARCHAR, response VARCHAR, reasoning VARCHAR, messages JSON, tools JSON, "
    "chosen VARCHAR, rejected VARCHAR, score DOUBLE, meta JSON, prompt_tokens INTEGER, reasoning_tokens INTEGER, answer_tokens INTEGER"
)

JSON_COLUMNS = {"messages", "tools", "meta", "evidence"}


def sample(number: int, **changes: Any) -> dict[str, Any]:
    """One row, Chinese and with thinking unless changed."""
    row: dict[str, Any] = {
        "seq": number,
        "id": f"id{number:06d}",
        "seed_id": f"seed{number}",
        "prompt": f"{number} 加 1 等于多少？",
        "response": f"答案是 {number + 1}。",
        "reasoning": f"{number} 的下一个数是 {number + 1}。",
        "messages": [],
        "tools": [],
        "chosen": None,
        "rejected": None,
        "score": number / 10,
        "meta": {
            "label": "数",
            "origin": {"licence": "apache-2.0", "parent_ids": [f"seed{number}"]},
            "steps": [{"text": "加一。", "hard": 1, "soft": 0.5}],
            "blocks": [{"kind": "text", "content": "加一。"}],
            "statement": "S n = n + 1",
            "proof": "rfl",
            "checker": "lean",
        },
        "prompt_tokens": 10,
        "reasoning_tokens": None,
        "answer_tokens": 5,
    }
    return row | changes


def query_over(rows: Iterable[dict[str, Any]], rejections: Iterable[dict[str, Any]] = ()) -> Callable[[str], Iterable[pa.RecordBatch]]:
    """A read-only SELECT over these rows as the tables `samples` and `rejections`."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE samples ({COLUMNS})")
    connection.execute(f"CREATE TABLE rejections ({COLUMNS}, gate VARCHAR, reason VARCHAR, evidence JSON)")
    for name, kept in (("samples", rows), ("rejections", rejections)):
        flat = [{key: orjson.dumps(value).decode() if key in JSON_COLUMNS else value for key, value in row.items()} for row in kept]
        if flat:
            connection.register("incoming", pa.Table.from_pylist(flat))
            connection.table("incoming").insert_into(name)

    def query(sql: str) -> Iterable[pa.RecordBatch]:
        batches: list[pa.RecordBatch] = connection.sql(sql).to_arrow_table().to_batches()
        return batches

    return query
