-- Two ways to become an administrator: AWS's own policies, and a document that allows every action.
WITH changes AS (
  SELECT
    *,
    COALESCE(
      json_extract_scalar(requestparameters, '$.policyArn'),
      json_extract_scalar(requestparameters, '$.policyName')
    ) AS policy,
    json_extract_scalar(requestparameters, '$.policyDocument') AS document
  FROM iam_calls
  WHERE eventname IN (
    'AttachUserPolicy', 'AttachGroupPolicy', 'AttachRolePolicy', 'PutUserPolicy', 'PutGroupPolicy', 'PutRolePolicy',
    'CreatePolicy', 'CreatePolicyVersion'
  )
)
SELECT
  eventtime,
  account,
  actor,
  eventname,
  holder,
  CASE WHEN eventname LIKE 'Attach%' THEN 'managed policy' ELSE 'document that allows every action' END AS how,
  policy,
  sourceipaddress,
  errorcode,
  eventid
FROM changes
WHERE (
    eventname LIKE 'Attach%'
    -- Of any partition: arn:aws:, arn:aws-cn:, arn:aws-us-gov:.
    AND regexp_like(policy, '^arn:aws[a-z-]*:iam::aws:policy/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$')
  )
  -- Within one statement, whichever key stands first: no brace lies between them.
  OR regexp_like(document, '"Effect"\s*:\s*"Allow"[^{}]*"Action"\s*:\s*(\[[^\]]*)?"(\*|\*:\*)"')
  OR regexp_like(document, '"Action"\s*:\s*(\[[^\]]*)?"(\*|\*:\*)"[^{}]*"Effect"\s*:\s*"Allow"')
ORDER BY eventtime, eventid, account, actor, eventname, holder, how, policy, sourceipaddress, errorcode
