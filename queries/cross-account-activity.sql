WITH foreign_calls AS (
  SELECT
    CASE WHEN actor_type = 'AWSService' THEN COALESCE(useridentity.invokedby, 'AWS') ELSE actor_account END AS from_account,
    CASE WHEN actor_type = 'AWSService' THEN 'AWS service' ELSE 'another account' END AS kind,
    account,
    is_read,
    replace(eventsource, '.amazonaws.com', '') AS service,
    COALESCE((errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure'), FALSE) AS is_denied,
    eventtime
  FROM trail
  WHERE actor_type = 'AWSService'
    OR (actor_account <> account AND regexp_like(actor_account, '^[0-9]{12}$'))
)
SELECT
  from_account,
  kind,
  account,
  COUNT(*) AS calls,
  COUNT(*) FILTER (WHERE NOT is_read) AS changes,
  COUNT(*) FILTER (WHERE is_denied) AS denied,
  array_join(slice(array_agg(DISTINCT service ORDER BY service), 1, 10), ', ') AS services,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM foreign_calls
GROUP BY from_account, kind, account
ORDER BY kind, calls DESC, from_account, account
