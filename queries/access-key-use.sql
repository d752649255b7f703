-- A key's owner is who signed with it. Root's keys count too: there should be none.
SELECT
  access_key,
  MIN(account) AS account,
  MIN(principal) AS owner,
  COUNT(*) AS calls,
  COUNT(*) FILTER (WHERE errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%') AS denied,
  COUNT(DISTINCT eventsource) AS services,
  COUNT(DISTINCT sourceipaddress) AS addresses,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM trail
WHERE access_key LIKE 'AKIA%'
GROUP BY access_key
ORDER BY calls DESC, access_key
