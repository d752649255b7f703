-- One call is logged in the caller's and in the role's account; sharedeventid is the same in both.
WITH assumptions AS (
  SELECT
    COALESCE(sharedeventid, eventid) AS call_id,
    MIN(eventtime) AS eventtime,
    -- The role's account sees of the caller only the account and an id: the caller's own record says more.
    MIN_BY(actor, CASE WHEN actor_type IN ('AWSAccount', 'Unknown') THEN 1 ELSE 0 END) AS caller,
    MIN(actor_account) AS caller_account,
    MIN(json_extract_scalar(requestparameters, '$.roleArn')) AS role,
    MIN(json_extract_scalar(requestparameters, '$.roleSessionName')) AS session_name,
    MIN(sourceipaddress) AS sourceipaddress,
    MIN(errorcode) AS errorcode
  FROM trail
  WHERE eventsource = 'sts.amazonaws.com'
    AND eventname IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity')
    AND actor_type <> 'AWSService'
  -- Records of one id that differ are not one call.
  GROUP BY COALESCE(sharedeventid, eventid), json_extract_scalar(requestparameters, '$.roleArn'), errorcode
)
SELECT
  caller,
  caller_account,
  role,
  split_part(role, ':', 5) AS role_account,
  COALESCE(split_part(role, ':', 5) <> caller_account, FALSE) AS crosses_accounts,
  COUNT(*) FILTER (WHERE errorcode IS NULL) AS times,
  COUNT(*) FILTER (WHERE errorcode IS NOT NULL) AS denied,
  COUNT(DISTINCT session_name) AS session_names,
  COUNT(DISTINCT sourceipaddress) AS addresses,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM assumptions
GROUP BY caller, caller_account, role
ORDER BY crosses_accounts DESC, times DESC, denied DESC, caller, role
