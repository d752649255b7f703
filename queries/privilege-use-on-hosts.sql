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
FROM host_events
WHERE activity IN ('privilege-use', 'account')
ORDER BY time, hostname, id
