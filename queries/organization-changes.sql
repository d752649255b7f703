SELECT
  eventtime,
  account,
  actor,
  eventsource,
  eventname,
  COALESCE(
    json_extract_scalar(requestparameters, '$.policyId'),
    json_extract_scalar(requestparameters, '$.targetId'),
    json_extract_scalar(requestparameters, '$.accountId'),
    json_extract_scalar(requestparameters, '$.sAMLProviderArn'),
    json_extract_scalar(requestparameters, '$.openIDConnectProviderArn'),
    json_extract_scalar(requestparameters, '$.url'),
    json_extract_scalar(requestparameters, '$.permissionSetArn'),
    json_extract_scalar(requestparameters, '$.accountAlias'),
    json_extract_scalar(requestparameters, '$.name')
  ) AS target,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE NOT is_read
  -- Signing in through Identity Center is logged beside its administration.
  AND NOT regexp_like(eventname, 'Authenticat|^(Federate|Logout|CredentialChallenge|CredentialVerification|StartDeviceAuthorization|CreateToken)')
  AND (
    eventsource IN ('organizations.amazonaws.com', 'account.amazonaws.com', 'sso.amazonaws.com', 'sso-directory.amazonaws.com', 'identitystore.amazonaws.com')
    OR (
      eventsource = 'iam.amazonaws.com'
      AND regexp_like(eventname, 'SAMLProvider|OpenIDConnectProvider|AccountPasswordPolicy|AccountAlias|ServiceLinkedRole|OrganizationsRoot')
    )
  )
ORDER BY eventtime, eventid, account, actor, eventsource, eventname, target, sourceipaddress, errorcode
