"""Tables and views of `data.duckdb`.

Hot tables are append-only logs without keys or indexes: uniqueness comes from the seq of each seed, committed in the same transaction.
Times are TIMESTAMP in UTC, to the microsecond. Tables are made with the file, later only rows are added; a view that an older file
lacks is made when a run goes on in it.
"""

from __future__ import annotations

FILE = "data.duckdb"

SAMPLE = """
  seq BIGINT, id VARCHAR, seed_id VARCHAR, parent_id VARCHAR, slot VARCHAR, recipe VARCHAR, prompt VARCHAR, response VARCHAR,
  reasoning VARCHAR, messages JSON, tools JSON, chosen VARCHAR, rejected VARCHAR, score DOUBLE, lang VARCHAR,
  prompt_tokens INTEGER, reasoning_tokens INTEGER, answer_tokens INTEGER, cost_usd DOUBLE, model VARCHAR, finish_reason VARCHAR,
  dedup_on VARCHAR, created_at TIMESTAMP, meta JSON"""

TABLES = f"""
CREATE TABLE samples_log({SAMPLE});
CREATE TABLE rejections_log({SAMPLE}, gate VARCHAR, reason VARCHAR, evidence JSON);
CREATE TABLE superseded(sample_id VARCHAR, seq BIGINT, why VARCHAR);
CREATE TABLE verdicts(
  sample_id VARCHAR, gate VARCHAR, passed BOOLEAN, reason VARCHAR, score DOUBLE, raw_score DOUBLE, scorer VARCHAR,
  place SMALLINT, seq BIGINT);
CREATE TABLE failures(seed_id VARCHAR, recipe VARCHAR, step VARCHAR, kind VARCHAR, message VARCHAR, created_at TIMESTAMP, seq BIGINT);
CREATE TABLE seeds_done(seed_id VARCHAR, outcome VARCHAR, recipe VARCHAR, seq BIGINT, "at" TIMESTAMP);
CREATE TABLE calls(
  key VARCHAR, seed_id VARCHAR, step VARCHAR, endpoint VARCHAR, model VARCHAR, attempts INTEGER, status VARCHAR, finish_reason VARCHAR,
  prompt_tokens INTEGER, cached_tokens INTEGER, reasoning_tokens INTEGER, completion_tokens INTEGER, cost_usd DOUBLE, latency_s DOUBLE,
  started_at TIMESTAMP, sample INTEGER, role VARCHAR, estimated BOOLEAN, text_hash VARCHAR);
CREATE TABLE attempts(call_key VARCHAR, attempt INTEGER, endpoint VARCHAR, outcome VARCHAR, sent_at TIMESTAMP, cost_upper_usd DOUBLE);
CREATE TABLE metrics("at" TIMESTAMP, name VARCHAR, value DOUBLE, "window" VARCHAR);
CREATE TABLE reviews(sample_id VARCHAR, verdict VARCHAR, note VARCHAR, reviewer VARCHAR, "at" TIMESTAMP);
CREATE TABLE run_events(run BIGINT, event VARCHAR, "at" TIMESTAMP, config_hash VARCHAR, version VARCHAR, outcome VARCHAR);
CREATE TABLE progress(last_seq BIGINT, reply_rowid BIGINT, outcome_rowid BIGINT);
"""

BASE_VIEWS = """
CREATE VIEW IF NOT EXISTS samples AS SELECT * FROM samples_log l
  WHERE NOT EXISTS (FROM superseded s WHERE s.sample_id = l.id AND s.seq = l.seq);
CREATE VIEW IF NOT EXISTS rejections AS SELECT * FROM rejections_log l
  WHERE NOT EXISTS (FROM superseded s WHERE s.sample_id = l.id AND s.seq = l.seq);
CREATE VIEW IF NOT EXISTS runs AS
  SELECT s."at" AS started_at, e."at" AS ended_at, s.config_hash, s.version, e.outcome
  FROM run_events s LEFT JOIN run_events e ON e.run = s.run AND e.event = 'ended' WHERE s.event = 'started' ORDER BY s.run;
"""

# Stages in the order in which a candidate meets them: the recipe's own checks, the gates (a row that passed everything shows each at
# its place), the target. What one stage rejects does not enter the next.
FUNNEL = """
CREATE VIEW IF NOT EXISTS funnel AS
  WITH places AS (SELECT gate, max(place) AS place FROM verdicts GROUP BY gate),
  dropped AS (SELECT gate, count(*) AS rejected FROM rejections GROUP BY gate),
  stages AS (
    SELECT coalesce(p.gate, d.gate) AS stage, coalesce(d.rejected, 0) AS rejected,
      CASE WHEN stage LIKE 'recipe:%' THEN 0 WHEN stage = 'target' THEN 2 ELSE 1 END AS part,
      row_number() OVER (ORDER BY part, p.place, stage) AS position
    FROM places p FULL JOIN dropped d ON d.gate = p.gate),
  flow AS (
    SELECT *, (SELECT count(*) FROM samples) + (SELECT count(*) FROM rejections)
      - coalesce(sum(rejected) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS entered
    FROM stages)
  SELECT stage, entered::BIGINT AS "in", (entered - rejected)::BIGINT AS passed, rejected::BIGINT AS rejected,
    (entered - rejected) / nullif(entered, 0) AS share
  FROM flow ORDER BY position;
"""

YIELD = """
CREATE VIEW IF NOT EXISTS yield_by_recipe AS
  WITH a AS (SELECT recipe, count(*) AS accepted, sum(reasoning_tokens + answer_tokens) AS tokens FROM samples GROUP BY recipe),
  r AS (SELECT recipe, count(*) AS rejected FROM rejections GROUP BY recipe),
  f AS (SELECT recipe, count(*) AS failed FROM failures GROUP BY recipe),
  s AS (SELECT recipe, count(*) AS seeds FROM seeds_done GROUP BY recipe)
  SELECT recipe, coalesce(seeds, 0) AS seeds, coalesce(accepted, 0) + coalesce(rejected, 0) AS candidates,
    coalesce(accepted, 0) AS accepted, coalesce(rejected, 0) AS rejected, coalesce(failed, 0) AS failed,
    coalesce(tokens, 0)::BIGINT AS accepted_tokens, coalesce(accepted, 0) / nullif(candidates, 0) AS share
  FROM s FULL JOIN a USING (recipe) FULL JOIN r USING (recipe) FULL JOIN f USING (recipe) ORDER BY recipe;
"""

# A row is what one model cost one recipe, over that recipe's accepted rows: the rows of a recipe add up to its price. Calls of seeds
# still open are under the recipe NULL.
COST = """
CREATE VIEW IF NOT EXISTS cost AS
  WITH spent AS (
    SELECT d.recipe, c.model, count(*) AS calls, sum(c.prompt_tokens)::BIGINT AS prompt_tokens,
      sum(c.reasoning_tokens)::BIGINT AS thinking_tokens, sum(c.completion_tokens - c.reasoning_tokens)::BIGINT AS answer_tokens,
      sum(c.cost_usd) AS cost_usd
    FROM calls c LEFT JOIN seeds_done d ON d.seed_id = c.seed_id GROUP BY d.recipe, c.model),
  kept AS (
    SELECT recipe, count(*) AS accepted, sum(reasoning_tokens + answer_tokens)::BIGINT AS accepted_tokens FROM samples GROUP BY recipe)
  SELECT s.recipe, s.model, s.calls, s.prompt_tokens, s.thinking_tokens, s.answer_tokens, s.cost_usd, coalesce(k.accepted, 0) AS accepted,
    coalesce(k.accepted_tokens, 0) AS accepted_tokens, s.cost_usd / nullif(k.accepted, 0) AS usd_per_accepted_row,
    1e6 * s.cost_usd / nullif(k.accepted_tokens, 0) AS usd_per_million_accepted_tokens
  FROM spent s LEFT JOIN kept k ON k.recipe = s.recipe ORDER BY s.recipe, s.cost_usd DESC, s.model;
"""

# Tier 2 is what `escalate` asked of the stronger role, told by its steps (recipes/escalating.py); without it all is tier 1.
TIERS = """
CREATE VIEW IF NOT EXISTS tiers AS
  WITH spent AS (
    SELECT d.recipe, if(starts_with(c.step, 'escalated/'), 2, 1) AS tier, count(DISTINCT c.seed_id) AS seeds, count(*) AS calls,
      sum(c.cost_usd) AS cost_usd
    FROM calls c JOIN seeds_done d ON d.seed_id = c.seed_id GROUP BY ALL),
  kept AS (SELECT recipe, coalesce(TRY_CAST(meta->>'tier' AS INTEGER), 1) AS tier, count(*) AS accepted FROM samples GROUP BY ALL),
  lost AS (SELECT recipe, coalesce(TRY_CAST(meta->>'tier' AS INTEGER), 1) AS tier, count(*) AS rejected FROM rejections GROUP BY ALL)
  SELECT recipe, tier, coalesce(seeds, 0) AS seeds, coalesce(calls, 0) AS calls, coalesce(cost_usd, 0) AS cost_usd,
    coalesce(accepted, 0) AS accepted, coalesce(rejected, 0) AS rejected,
    coalesce(accepted, 0) / nullif(coalesce(accepted, 0) + coalesce(rejected, 0), 0) AS share,
    cost_usd / nullif(accepted, 0) AS usd_per_accepted_row
  FROM spent FULL JOIN kept USING (recipe, tier) FULL JOIN lost USING (recipe, tier) ORDER BY recipe, tier;
"""

# How the scores of a gate lie: accepted and rejected rows in twentieths of 0..1, by scorer and language.
SCORES = """
CREATE VIEW IF NOT EXISTS scores AS
  WITH judged AS (SELECT id, lang FROM samples UNION ALL SELECT id, lang FROM rejections)
  SELECT v.gate, v.scorer, j.lang, least(floor(v.score * 20), 19) / 20 AS at_least, count(*) AS "rows",
    count(*) FILTER (v.passed) AS passed
  FROM verdicts v JOIN judged j ON j.id = v.sample_id WHERE v.scorer <> '' AND v.score IS NOT NULL
  GROUP BY ALL ORDER BY v.gate, v.scorer, j.lang, at_least;
"""

OTHER_VIEWS = """
CREATE VIEW IF NOT EXISTS diversity AS
  SELECT substr(name, 11) AS metric, value, "at" FROM metrics WHERE name LIKE 'diversity.%' ORDER BY "at", metric;
CREATE VIEW IF NOT EXISTS duplicates AS
  SELECT id AS sample_id, evidence->>'duplicate_of' AS duplicate_of, TRY_CAST(evidence->>'similarity' AS DOUBLE) AS similarity, gate, recipe
  FROM rejections WHERE evidence->>'duplicate_of' IS NOT NULL ORDER BY similarity DESC, id;
CREATE VIEW IF NOT EXISTS throughput AS
  WITH counted AS (
    SELECT started_at AS moment, 1 AS calls, completion_tokens AS tokens, 0 AS seeds, 0 AS accepted, 0 AS rejected FROM calls
    UNION ALL SELECT "at", 0, 0, 1, 0, 0 FROM seeds_done
    UNION ALL SELECT d."at", 0, 0, 0, 1, 0 FROM samples s JOIN seeds_done d ON d.seed_id = s.seed_id
    UNION ALL SELECT d."at", 0, 0, 0, 0, 1 FROM rejections r JOIN seeds_done d ON d.seed_id = r.seed_id)
  SELECT date_trunc('minute', moment) AS minute, sum(calls)::BIGINT AS calls, sum(tokens)::BIGINT AS completion_tokens,
    sum(seeds)::BIGINT AS seeds, sum(accepted)::BIGINT AS accepted, sum(rejected)::BIGINT AS rejected
  FROM counted WHERE moment IS NOT NULL GROUP BY ALL ORDER BY minute;
"""

VIEWS = BASE_VIEWS + FUNNEL + YIELD + COST + TIERS + SCORES + OTHER_VIEWS
