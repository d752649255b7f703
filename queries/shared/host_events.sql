-- Authentication on hosts in the period, of the accounts and regions asked for. A line that came by a path twice is there twice, with
-- the same id: it counts once.
SELECT *
FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY day, path) AS copy_number
  FROM host_auth
  WHERE day BETWEEN :from_day AND :to_day
    -- Times carry milliseconds here, which those of the period don't.
    AND substr(time, 1, 19) >= substr(:from, 1, 19)
    AND substr(time, 1, 19) < substr(:to, 1, 19)
    AND (:account = '*' OR account = :account)
    AND (:region = '*' OR region = :region)
) AS lines
WHERE copy_number = 1
