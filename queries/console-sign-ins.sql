-- Sign-ins to the console, successful or not. A failure carries no errorcode: the answer's ConsoleLogin says how it ended.
SELECT
  eventtime,
  account,
  actor AS signed_in_as,
  CASE
    WHEN actor_type = 'Root' THEN 'root'
    WHEN actor_type = 'IAMUser' THEN 'IAM user'
    WHEN strpos(additionaleventdata, 'SamlProviderArn') > 0 THEN 'SAML'
    ELSE 'federated'
  END AS kind,
  COALESCE(json_extract_scalar(responseelements, '$.ConsoleLogin'), 'Failure') AS outcome,
  errormessage AS reason,
  COALESCE(json_extract_scalar(additionaleventdata, '$.MFAUsed'), 'unknown') AS mfa,
  sourceipaddress,
  useragent,
  eventid
FROM trail
WHERE eventname = 'ConsoleLogin'
ORDER BY eventtime, eventid, account, signed_in_as, kind, outcome, reason, mfa, sourceipaddress, useragent
