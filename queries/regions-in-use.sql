SELECT
  account,
  region,
  replace(eventsource, '.amazonaws.com', '') AS service,
  COUNT(*) AS calls,
  COUNT(*) FILTER (WHERE NOT is_read AND errorcode IS NULL) AS changes,
  COUNT(DISTINCT principal) AS principals,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM trail
GROUP BY 1, 2, 3
ORDER BY account, region, calls DESC, service
