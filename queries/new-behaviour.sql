-- Recent means: before the end of the period, or before its last event.
WITH signs AS (
  SELECT principal, account, 'action' AS kind, replace(eventsource, '.amazonaws.com', '') || ':' || eventname AS value, eventtime FROM trail
  UNION ALL
  SELECT principal, account, 'region', region, eventtime FROM trail
  UNION ALL
  SELECT principal, account, 'address', sourceipaddress, eventtime FROM trail
),
ends AS (
  SELECT from_iso8601_timestamp(LEAST(MAX(eventtime), :to)) AS ended FROM trail
),
known AS (
  SELECT principal, account, MIN(eventtime) AS since
  FROM trail
  GROUP BY principal, account
),
seen AS (
  SELECT principal, account, kind, value, MIN(eventtime) AS first_seen, COUNT(*) AS calls
  FROM signs
  GROUP BY principal, account, kind, value
)
SELECT
  seen.principal,
  seen.account,
  seen.kind,
  seen.value,
  seen.first_seen,
  seen.calls,
  date_diff('day', from_iso8601_timestamp(known.since), from_iso8601_timestamp(seen.first_seen)) AS history_days
FROM seen
JOIN known ON known.principal = seen.principal AND known.account = seen.account
CROSS JOIN ends
WHERE date_diff('hour', from_iso8601_timestamp(seen.first_seen), ends.ended) < :hours
  AND date_diff('hour', from_iso8601_timestamp(known.since), ends.ended) >= :hours
ORDER BY seen.first_seen, seen.principal, seen.kind, seen.value, seen.account
