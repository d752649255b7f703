-- Each successful assumption, with the key that it returned.
WITH handed AS (
  SELECT
    COALESCE(sharedeventid, eventid) AS call_id,
    MIN(eventtime) AS eventtime,
    MIN_BY(actor, CASE WHEN actor_type IN ('AWSAccount', 'Unknown') THEN 1 ELSE 0 END) AS actor,
    MIN(actor_account) AS actor_account,
    MIN(access_key) AS access_key,
    MIN(json_extract_scalar(requestparameters, '$.roleArn')) AS role,
    MIN(json_extract_scalar(responseelements, '$.credentials.accessKeyId')) AS issued_key,
    MIN(sourceipaddress) AS sourceipaddress
  FROM trail
  WHERE eventsource = 'sts.amazonaws.com'
    AND eventname IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity')
    AND actor_type <> 'AWSService'
    AND errorcode IS NULL
  -- Records of one id that differ are not one call.
  GROUP BY COALESCE(sharedeventid, eventid), json_extract_scalar(requestparameters, '$.roleArn')
)
SELECT
  first.eventtime,
  first.actor AS origin,
  first.actor_account AS origin_account,
  first.role AS first_role,
  second.role AS second_role,
  third.role AS third_role,
  CASE WHEN first.actor_account IS NULL THEN 0 ELSE 1 END
    + CASE WHEN split_part(first.role, ':', 5) <> COALESCE(first.actor_account, '') THEN 1 ELSE 0 END
    + CASE
        WHEN split_part(second.role, ':', 5) NOT IN (COALESCE(first.actor_account, ''), split_part(first.role, ':', 5)) THEN 1
        ELSE 0
      END
    + CASE
        WHEN split_part(third.role, ':', 5)
          NOT IN (COALESCE(first.actor_account, ''), split_part(first.role, ':', 5), split_part(second.role, ':', 5)) THEN 1
        ELSE 0
      END AS accounts,
  first.sourceipaddress
FROM handed AS first
LEFT JOIN handed AS second ON second.access_key = first.issued_key
LEFT JOIN handed AS third ON third.access_key = second.issued_key
-- The beginning of a chain is who used no key that an assumption of the period handed out.
WHERE NOT EXISTS (SELECT 1 FROM handed AS earlier WHERE earlier.issued_key = first.access_key)
  AND (second.role IS NOT NULL OR split_part(first.role, ':', 5) <> first.actor_account)
ORDER BY first.eventtime, origin, first_role, second_role, third_role, origin_account, accounts,
  sourceipaddress
