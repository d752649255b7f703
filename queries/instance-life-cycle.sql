WITH calls AS (
  SELECT
    *,
    COALESCE(
      json_extract(responseelements, '$.instancesSet.items'),
      json_extract(requestparameters, '$.instancesSet.items')
    ) AS items
  FROM trail
  WHERE eventsource = 'ec2.amazonaws.com'
    AND eventname IN ('RunInstances', 'StartInstances', 'StopInstances', 'RebootInstances', 'TerminateInstances', 'ModifyInstanceAttribute')
)
SELECT
  calls.eventtime,
  calls.account,
  calls.region,
  COALESCE(
    json_extract_scalar(json_array_get(calls.items, place.n), '$.instanceId'),
    json_extract_scalar(calls.requestparameters, '$.instanceId')
  ) AS instance_id,
  calls.eventname,
  json_extract_scalar(json_array_get(calls.items, place.n), '$.instanceType') AS instance_type,
  calls.actor,
  calls.useridentity.invokedby AS through,
  calls.sourceipaddress,
  calls.errorcode,
  calls.eventid
FROM calls
-- A call without a list still has its one row.
CROSS JOIN UNNEST(sequence(0, GREATEST(COALESCE(json_array_length(calls.items), 0), 1) - 1)) AS place(n)
ORDER BY calls.eventtime, calls.eventid, instance_id, account, region, eventname, instance_type, actor,
  through, sourceipaddress, errorcode
