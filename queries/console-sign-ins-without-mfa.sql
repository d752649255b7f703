-- Only identities whose second factor AWS itself would have asked for: IAM users and root.
SELECT
  account,
  actor AS signed_in_as,
  COUNT(*) AS sign_ins,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen,
  array_join(array_agg(DISTINCT sourceipaddress ORDER BY sourceipaddress), ', ') AS addresses
FROM trail
WHERE eventname = 'ConsoleLogin'
  AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'
  AND COALESCE(json_extract_scalar(additionaleventdata, '$.MFAUsed'), 'No') <> 'Yes'
  AND actor_type IN ('IAMUser', 'Root')
GROUP BY account, actor
ORDER BY sign_ins DESC, account, signed_in_as
