SELECT
  hostname,
  username,
  src_ip,
  auth_method,
  COUNT(*) AS logins,
  MIN(time) AS first_seen,
  MAX(time) AS last_seen
FROM host_auth
WHERE day BETWEEN :from_day AND :to_day
  -- Times carry milliseconds here, which those of the period don't.
  AND substr(time, 1, 19) >= substr(:from, 1, 19)
  AND substr(time, 1, 19) < substr(:to, 1, 19)
  AND (:account = '*' OR account = :account)
  AND (:region = '*' OR region = :region)
  AND program LIKE 'sshd%'
  AND activity = 'authentication'
  AND outcome = 'success'
GROUP BY hostname, username, src_ip, auth_method
ORDER BY logins DESC, hostname, username, src_ip, auth_method
