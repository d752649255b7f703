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
),
-- When a group is told, every finding in it is: what was accepted before is told by then.
tellings AS (
  SELECT accepted.finding AS id, MIN(told.noted) AS told
  FROM deliveries AS accepted
  JOIN deliveries AS told
    ON told.group_key = accepted.group_key
    AND told.receiver = accepted.receiver
    AND told.noted >= accepted.noted
  WHERE accepted.day BETWEEN :from_day AND :to_day
    AND told.day BETWEEN :from_day AND :to_day
    AND accepted.kind = 'accepted'
    AND told.kind = 'told'
  GROUP BY accepted.finding
),
timed AS (
  SELECT
    facts.*,
    CAST(date_diff('second', from_iso8601_timestamp(time), from_iso8601_timestamp(published)) AS DOUBLE) / 60 AS to_publication,
    CAST(date_diff('second', from_iso8601_timestamp(time), from_iso8601_timestamp(told)) AS DOUBLE) / 60 AS to_notification
  FROM facts
  LEFT JOIN tellings ON tellings.id = facts.id
)
SELECT
  substr(CAST(date_trunc('week', from_iso8601_timestamp(time)) AS VARCHAR), 1, 10) AS week,
  rule,
  level,
  COUNT(*) AS findings,
  COUNT(DISTINCT fingerprint) AS news,
  COUNT(DISTINCT account) AS accounts,
  ROUND(approx_percentile(to_publication, 0.5), 1) AS median_minutes,
  COUNT(to_notification) AS told,
  ROUND(approx_percentile(to_notification, 0.5), 1) AS median_minutes_told,
  ROUND(approx_percentile(to_notification, 0.95), 1) AS p95_minutes_told
FROM timed
GROUP BY 1, 2, 3
ORDER BY week, findings DESC, rule
