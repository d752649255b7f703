WITH calls AS (
  SELECT
    principal,
    account,
    eventsource,
    replace(eventsource, '.amazonaws.com', '') || ':' || eventname AS action,
    eventtime,
    sourceipaddress,
    COALESCE((errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure'), FALSE) AS is_denied
  FROM trail
)
SELECT
  principal,
  account,
  COUNT(*) FILTER (WHERE is_denied) AS denied,
  COUNT(DISTINCT action) FILTER (WHERE is_denied) AS actions,
  COUNT(DISTINCT eventsource) FILTER (WHERE is_denied) AS services,
  ROUND(100.0 * COUNT(*) FILTER (WHERE is_denied) / CAST(COUNT(*) AS DOUBLE), 1) AS share_percent,
  array_join(slice(array_agg(DISTINCT action ORDER BY action) FILTER (WHERE is_denied), 1, 10), ', ') AS sample,
  array_join(slice(array_agg(DISTINCT sourceipaddress ORDER BY sourceipaddress) FILTER (WHERE is_denied), 1, 10), ', ') AS addresses,
  MIN(eventtime) FILTER (WHERE is_denied) AS first_seen,
  MAX(eventtime) FILTER (WHERE is_denied) AS last_seen
FROM calls
GROUP BY principal, account
HAVING COUNT(*) FILTER (WHERE is_denied) > 0
ORDER BY denied DESC, principal, account
