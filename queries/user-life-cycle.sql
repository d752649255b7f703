SELECT
  eventtime,
  account,
  actor,
  eventname,
  COALESCE(json_extract_scalar(requestparameters, '$.userName'), actor) AS user_name,
  COALESCE(
    json_extract_scalar(requestparameters, '$.serialNumber'),
    json_extract_scalar(requestparameters, '$.virtualMFADeviceName')
  ) AS detail,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE eventsource = 'iam.amazonaws.com'
  AND eventname IN (
    'CreateUser', 'DeleteUser', 'UpdateUser', 'CreateLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile', 'ChangePassword',
    'CreateVirtualMFADevice', 'EnableMFADevice', 'DeactivateMFADevice', 'DeleteVirtualMFADevice', 'ResyncMFADevice',
    'UploadSSHPublicKey', 'UploadSigningCertificate', 'CreateServiceSpecificCredential'
  )
ORDER BY eventtime, eventid, account, actor, eventname, user_name, detail, sourceipaddress, errorcode
