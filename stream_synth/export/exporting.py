"""Accepted rows to files, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from stream_synth.export.formats import COLUMNS, FORMATS, Inexpressible, Row, Style
from stream_synth.export.options import ExportOptions
from stream_synth.export.report import ExportReport

if TYPE_CHECKING:
    import pyarrow as pa

# A page stays well inside what the SQL door hands out at once (256 MB): 4 M tokens are about 20 MB, twice that with `messages`.
PAGE_ROWS, PAGE_TOKENS = 2_000, 4_000_000
TOKENS = "coalesce(prompt_tokens, 0) + coalesce(reasoning_tokens, 0) + coalesce(answer_tokens, 0)"

# Of each cluster of duplicates whose gate says `keep: best` the best-scored row; every other accepted row as it is.
KEPT = """(
  WITH twins AS (SELECT *, evidence->>'duplicate_of' AS cluster FROM rejections WHERE evidence->>'keep' = 'best'),
  members AS (
    SELECT id AS cluster, * FROM samples
    UNION ALL BY NAME SELECT * EXCLUDE (gate, reason, evidence) FROM twins WHERE cluster IN (SELECT id FROM samples))
  SELECT * EXCLUDE (cluster) FROM members
  QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY score DESC NULLS LAST, seq, id) = 1)"""

Query = Callable[[str], "Iterable[pa.RecordBatch]"]


def export(query: Query, options: ExportOptions) -> ExportReport:
    """Write what `options` asks for. `query` runs one SELECT over the run directory and gives Arrow batches.

    Rows come in the order in which they were decided, so the same run makes the same file. Errors of `query` pass through;
    then no file is left behind.
    """
    from stream_synth.export.card import write_card  # noqa: PLC0415  # pyarrow, 200 ms that `--help` must not pay
    from stream_synth.export.files import fits_columns, writers  # noqa: PLC0415

    style = style_of(options)
    shape, schema = FORMATS[options.format].shape, FORMATS[options.format].schema(style)
    files = options.files()
    fixed_columns = next(iter(files.values())).suffix == ".parquet"
    written, left_out, licences = Counter[str](), Counter[str](), Counter[str]()
    with writers(files, schema) as opened:
        for page in pages(query, options):
            parts: dict[str, list[Any]] = {name: [] for name in files}
            for columns in page:
                try:
                    row = shape(Row.parse(columns), style)
                    if fixed_columns:
                        fits_columns(row, schema)
                except Inexpressible as reason:
                    left_out[str(reason)] += 1
                    continue
                parts[split_of(columns["parent"], options)].append(row)
                licences[columns["licence"] or "not stated"] += 1
            for name, rows in parts.items():
                opened[name].write(rows)
                written[name] += len(rows)
    report = ExportReport(written.total(), {path: written[name] for name, path in files.items()}, dict(left_out), dict(licences))
    if options.is_folder:
        write_card(options, report)
    return report


def style_of(options: ExportOptions) -> Style:
    """The part of the options that shapes a row."""
    prompt_end = options.eos_token if options.eos == "both" else ""
    completion_end = options.eos_token if options.eos in {"both", "completion"} else ""
    return Style(options.think, prompt_end, completion_end)


def pages(query: Query, options: ExportOptions) -> Iterator[list[dict[str, Any]]]:
    """The chosen rows in the order of decision, those that were there when the export began.

    A page is a range of seeds by their number of decision: rows lie in the file in that order, so each page reads its part alone.
    """
    rows = rows_sql(query)
    sizes = f"SELECT seq, {TOKENS} AS tokens FROM {rows}{where_sql(options)} ORDER BY seq"  # noqa: S608  # the user's own read-only query
    chosen = list(query(sizes))
    places = ((seq, size) for batch in chosen for seq, size in zip(*(batch[name].to_pylist() for name in ("seq", "tokens")), strict=True))
    for first, last in ranges(places):
        yield [row for batch in query(page_sql(options, rows, first, last)) for row in batch.to_pylist()]


def rows_sql(query: Query) -> str:
    """Where rows come from: the accepted ones, or, where some gate keeps the best of duplicates, those that are best."""
    twins = query("SELECT 1 FROM rejections WHERE evidence->>'keep' = 'best' LIMIT 1")
    return KEPT if sum(batch.num_rows for batch in twins) else "samples"


def ranges(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """First and last seed of each page, from (seed, tokens) of every row in order; a seed's rows stay on one page."""
    first = last = None
    rows = tokens = 0
    for seq, size in places:
        if first is not None and last is not None and seq != last and (rows >= PAGE_ROWS or tokens >= PAGE_TOKENS):
            yield first, last
            first, rows, tokens = None, 0, 0
        first = seq if first is None else first
        last, rows, tokens = seq, rows + 1, tokens + size
    if first is not None and last is not None:
        yield first, last


def page_sql(options: ExportOptions, rows: str, first: int, last: int) -> str:
    """The rows of these seeds, of the table or query `rows`."""
    columns = ", ".join([*COLUMNS[:3], "messages::VARCHAR AS messages", "tools::VARCHAR AS tools", *COLUMNS[5:8], "meta::VARCHAR AS meta"])
    parent = "coalesce(json_extract_string(meta, '$.origin.parent_ids[0]'), seed_id) AS parent"
    licence = "json_extract_string(meta, '$.origin.licence') AS licence"
    where = where_sql(options, f"seq BETWEEN {first} AND {last}")
    return f"SELECT {parent}, {licence}, {columns} FROM {rows}{where} ORDER BY seq, id"  # noqa: S608  # the user's own read-only query


def where_sql(options: ExportOptions, *conditions: str) -> str:
    """All conditions. The user's stands on lines of its own, so that a comment in it ends there."""
    every = [*conditions, *([f"(\n{options.where}\n)"] if options.where.strip() else [])]
    if options.licences:
        every.append(f"json_extract_string(meta, '$.origin.licence') IN ({', '.join(quoted(one) for one in options.licences)})")
    return f" WHERE {' AND '.join(every)}" if every else ""


def quoted(value: str) -> str:
    """An SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def split_of(parent: str, options: ExportOptions) -> str:
    """The split of a row: by hash of its parent, so that answers to one question never stand on both sides."""
    if not options.splits:
        return "train"
    digest = blake2b(f"{options.seed}:{parent}".encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    for name, share in options.splits:
        place -= share
        if place < 0:
            return name
    return options.splits[-1][0]
