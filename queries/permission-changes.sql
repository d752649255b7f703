-- Calls of IAM that change what an identity may do, also those that were denied.
SELECT
  eventtime,
  account,
  actor,
  eventname,
  holder,
  COALESCE(
    json_extract_scalar(requestparameters, '$.policyArn'),
    json_extract_scalar(requestparameters, '$.permissionsBoundary'),
    json_extract_scalar(requestparameters, '$.policyName'),
    CASE
      WHEN eventname IN ('AddUserToGroup', 'RemoveUserFromGroup')
        THEN 'group ' || json_extract_scalar(requestparameters, '$.groupName')
    END
  ) AS policy,
  COALESCE(
    json_extract_scalar(requestparameters, '$.policyDocument'),
    json_extract_scalar(requestparameters, '$.assumeRolePolicyDocument')
  ) AS document,
  sourceipaddress,
  errorcode,
  eventid
FROM iam_calls
WHERE eventname IN (
  'CreatePolicy', 'CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion',
  'AttachUserPolicy', 'AttachGroupPolicy', 'AttachRolePolicy', 'DetachUserPolicy', 'DetachGroupPolicy', 'DetachRolePolicy',
  'PutUserPolicy', 'PutGroupPolicy', 'PutRolePolicy', 'DeleteUserPolicy', 'DeleteGroupPolicy', 'DeleteRolePolicy',
  'PutUserPermissionsBoundary', 'PutRolePermissionsBoundary', 'DeleteUserPermissionsBoundary', 'DeleteRolePermissionsBoundary',
  'CreateRole', 'DeleteRole', 'UpdateRole', 'UpdateAssumeRolePolicy', 'AddUserToGroup', 'RemoveUserFromGroup',
  'AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile'
)
ORDER BY eventtime, eventid, account, actor, eventname, holder, policy, document, sourceipaddress, errorcode
