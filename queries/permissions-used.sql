WITH used AS (
  SELECT principal, account, eventsource, replace(eventsource, '.amazonaws.com', '') || ':' || eventname AS action, eventtime
  FROM trail
  WHERE errorcode IS NULL
    AND actor_type IN ('IAMUser', 'AssumedRole', 'FederatedUser', 'Root')
    AND eventtype = 'AwsApiCall'
),
ends AS (
  SELECT LEAST(MAX(eventtime), :to) AS ended FROM trail
)
SELECT
  used.principal,
  used.account,
  COUNT(DISTINCT used.action) AS actions,
  COUNT(DISTINCT used.eventsource) AS services,
  array_join(array_agg(DISTINCT used.action ORDER BY used.action), ', ') AS used,
  COUNT(*) AS calls,
  MAX(used.eventtime) AS last_seen,
  date_diff('day', from_iso8601_timestamp(MAX(used.eventtime)), from_iso8601_timestamp(MAX(ends.ended))) AS idle_days
FROM used
CROSS JOIN ends
GROUP BY used.principal, used.account
-- Names of the answer: behind `used.` Trino would look into the column of that name.
ORDER BY actions DESC, principal, account
