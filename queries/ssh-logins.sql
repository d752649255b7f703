SELECT
  hostname,
  username,
  src_ip,
  auth_method,
  COUNT(*) AS logins,
  MIN(time) AS first_seen,
  MAX(time) AS last_seen
FROM host_events
WHERE program LIKE 'sshd%'
  AND activity = 'authentication'
  AND outcome = 'success'
GROUP BY hostname, username, src_ip, auth_method
ORDER BY logins DESC, hostname, username, src_ip, auth_method
