SELECT
  eventtime,
  account,
  region,
  actor,
  eventname,
  COALESCE(json_extract_scalar(requestparameters, '$.keyId'), element_at(resources, 1).arn) AS key_id,
  json_extract_scalar(requestparameters, '$.pendingWindowInDays') AS pending_days,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE eventsource = 'kms.amazonaws.com'
  AND eventname IN (
    'CreateKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion', 'DisableKey', 'EnableKey', 'DeleteImportedKeyMaterial', 'PutKeyPolicy',
    'CreateGrant', 'RevokeGrant', 'RetireGrant', 'EnableKeyRotation', 'DisableKeyRotation', 'DeleteAlias', 'UpdateAlias',
    'DeleteCustomKeyStore', 'ReplicateKey', 'UpdatePrimaryRegion'
  )
  -- Services take grants for themselves all day long.
  AND NOT (eventname IN ('CreateGrant', 'RetireGrant', 'RevokeGrant') AND useridentity.invokedby IS NOT NULL)
ORDER BY eventtime, eventid, account, region, actor, eventname, key_id, pending_days, sourceipaddress,
  errorcode
