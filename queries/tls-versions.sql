SELECT
  tlsdetails.tlsversion NOT IN ('TLSv1.2', 'TLSv1.3') AS outdated,
  tlsdetails.tlsversion AS tls_version,
  principal,
  account,
  COUNT(*) AS calls,
  COUNT(DISTINCT useragent) AS agents,
  MAX(eventtime) AS last_seen
FROM trail
WHERE tlsdetails.tlsversion IS NOT NULL
GROUP BY 1, 2, 3, 4
ORDER BY outdated DESC, tls_version, calls DESC, principal, account
