"""The journal's tables and the connections to them."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from stream_synth.errors import StoreError

FILE = "journal.sqlite"
CHECKPOINT_PAGES = 4_000  # 16 MB: a checkpoint (and its fsync) every few seconds at full load instead of every second
CACHE_KIB = 16_384
BUSY_MS = 10_000  # a reader elsewhere never blocks the writer for longer than a checkpoint

SCHEMA = """
CREATE TABLE IF NOT EXISTS intents(id INTEGER PRIMARY KEY, key BLOB, attempt INTEGER, endpoint TEXT, sent_at REAL, cost_upper_usd REAL);
CREATE TABLE IF NOT EXISTS outcomes(id INTEGER PRIMARY KEY, attempt_id INTEGER, outcome TEXT);
CREATE TABLE IF NOT EXISTS replies(
  id INTEGER PRIMARY KEY, key BLOB, text_hash BLOB, seed_id TEXT, step TEXT, sample INTEGER, role TEXT, model TEXT, endpoint TEXT,
  attempts INTEGER, status TEXT, finish_reason TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER,
  cached_tokens INTEGER, estimated INTEGER, cost_usd REAL, latency_s REAL, started_at REAL, pack INTEGER, place INTEGER);
CREATE TABLE IF NOT EXISTS bodies(id INTEGER PRIMARY KEY, pack BLOB);
CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, key BLOB, value BLOB);
CREATE TABLE IF NOT EXISTS decisions(first_seq INTEGER PRIMARY KEY, last_seq INTEGER, pack BLOB);
CREATE TABLE IF NOT EXISTS settled(id INTEGER PRIMARY KEY, intent INTEGER, outcome INTEGER);
"""
# settled: every intent up to `intent` has its outcome among those up to `outcome`; the newest row counts
COLUMNS = {"intents": 6, "outcomes": 3, "replies": 22, "bodies": 2, "notes": 3, "decisions": 3}


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection that any one thread at a time may use; transactions are begun and ended by hand."""
    mode = "rwc" if write else "rw"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if not write:
            connection.execute("PRAGMA query_only=1")
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    return connection


def prepare(connection: sqlite3.Connection, synchronous: str) -> None:
    """Make the tables and set what the writer's connection needs. `auto_vacuum` counts only before the first table."""
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.executescript(SCHEMA)


@cache
def insert(table: str, rows: int) -> str:
    """One statement for up to `rows` rows; padding rows are all NULL and skipped.

    The driver lets go of the interpreter lock at every step, and each time has to win it back from a busy event loop:
    one statement for a group costs a tenth of `executemany`.
    """
    row = "(" + ",".join("?" * COLUMNS[table]) + ")"
    return f"INSERT INTO {table} SELECT * FROM (VALUES {','.join([row] * rows)}) WHERE column1 IS NOT NULL"  # noqa: S608  # our own names


def unusable(path: Path, error: BaseException) -> StoreError:
    """The error a user sees when the journal fails."""
    return StoreError(
        f"{path}: the journal cannot be used ({error}). Nothing acknowledged is lost: free disk space, check the disk and permissions, "
        "then run the same command again"
    )
