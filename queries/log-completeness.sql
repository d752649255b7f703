WITH spaced AS (
  SELECT
    eventday,
    account,
    region,
    eventtime,
    LAG(eventtime) OVER (PARTITION BY eventday, account, region ORDER BY eventtime) AS before
  FROM trail
)
SELECT
  eventday,
  account,
  region,
  COUNT(*) AS events,
  MIN(eventtime) AS first_event,
  MAX(eventtime) AS last_event,
  COALESCE(MAX(date_diff('minute', from_iso8601_timestamp(before), from_iso8601_timestamp(eventtime))), 0)
    AS longest_gap_minutes
FROM spaced
GROUP BY eventday, account, region
ORDER BY eventday, account, region
