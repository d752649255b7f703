-- A finding that was replayed or completed is there again with the same id: it counts once, by its first publication.
WITH facts AS (
  SELECT
    id,
    MIN(fingerprint) AS fingerprint,
    MIN(rule.title) AS rule,
    MIN(rule.level) AS level,
    MIN(event.account) AS account,
    MIN(time) AS time,
    MIN(published) AS published
  FROM findings
  WHERE day BETWEEN :from_day AND :to_day
    -- Times carry milliseconds here, which those of the period don't.
    AND substr(time, 1, 19) >= substr(:from, 1, 19)
    AND substr(time, 1, 19) < substr(:to, 1, 19)
    AND (:account = '*' OR event.account = :account)
    AND (:region = '*' OR event.region = :region)
  GROUP BY id
)
SELECT
  substr(CAST(date_trunc('week', from_iso8601_timestamp(time)) AS VARCHAR), 1, 10) AS week,
  rule,
  level,
  COUNT(*) AS findings,
  COUNT(DISTINCT fingerprint) AS news,
  COUNT(DISTINCT account) AS accounts,
  ROUND(approx_percentile(CAST(date_diff('second', from_iso8601_timestamp(time), from_iso8601_timestamp(published)) AS DOUBLE), 0.5) / 60, 1)
    AS median_minutes
FROM facts
GROUP BY 1, 2, 3
ORDER BY week, findings DESC, rule
