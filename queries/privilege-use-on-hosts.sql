SELECT
  time,
  hostname,
  program,
  action,
  username,
  by_user,
  command,
  outcome,
  message
FROM host_auth
WHERE day BETWEEN :from_day AND :to_day
  -- Times carry milliseconds here, which those of the period don't.
  AND substr(time, 1, 19) >= substr(:from, 1, 19)
  AND substr(time, 1, 19) < substr(:to, 1, 19)
  AND (:account = '*' OR account = :account)
  AND (:region = '*' OR region = :region)
  AND activity IN ('privilege-use', 'account')
ORDER BY time, hostname, id
