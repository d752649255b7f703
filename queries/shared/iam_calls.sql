-- Calls of IAM, with whose permissions they are about.
SELECT
  trail.*,
  CASE
    WHEN json_extract_scalar(requestparameters, '$.userName') IS NOT NULL
      THEN 'user ' || json_extract_scalar(requestparameters, '$.userName')
    WHEN json_extract_scalar(requestparameters, '$.roleName') IS NOT NULL
      THEN 'role ' || json_extract_scalar(requestparameters, '$.roleName')
    WHEN json_extract_scalar(requestparameters, '$.groupName') IS NOT NULL
      THEN 'group ' || json_extract_scalar(requestparameters, '$.groupName')
  END AS holder
FROM trail
WHERE eventsource = 'iam.amazonaws.com'
