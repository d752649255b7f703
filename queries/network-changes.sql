SELECT
  eventtime,
  account,
  region,
  actor,
  eventname,
  COALESCE(
    json_extract_scalar(requestparameters, '$.groupId'),
    json_extract_scalar(requestparameters, '$.ModifySecurityGroupRulesRequest.GroupId'),
    json_extract_scalar(responseelements, '$.groupId'),
    json_extract_scalar(requestparameters, '$.groupName'),
    json_extract_scalar(requestparameters, '$.networkAclId'),
    json_extract_scalar(requestparameters, '$.routeTableId'),
    json_extract_scalar(requestparameters, '$.internetGatewayId'),
    json_extract_scalar(requestparameters, '$.natGatewayId'),
    json_extract_scalar(requestparameters, '$.vpcPeeringConnectionId'),
    json_extract_scalar(requestparameters, '$.vpcId')
  ) AS target,
  regexp_like(eventname, '^(Authorize|Create|Modify|Replace)')
    AND (strpos(requestparameters, '"0.0.0.0/0"') > 0 OR strpos(requestparameters, '"::/0"') > 0) AS opens_to_world,
  json_extract_scalar(requestparameters, '$.ipPermissions.items[0].ipProtocol')
    || COALESCE(
      ' ' || json_extract_scalar(requestparameters, '$.ipPermissions.items[0].fromPort')
        || '-' || json_extract_scalar(requestparameters, '$.ipPermissions.items[0].toPort'),
      ''
    ) AS ports,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE eventsource = 'ec2.amazonaws.com'
  AND NOT is_read
  AND regexp_like(
    eventname,
    'SecurityGroup|NetworkAcl|Route|InternetGateway|NatGateway|VpcPeering|VpcEndpoint|TransitGateway|CustomerGateway|VpnConnection|^(Create|Delete|Modify)(Vpc|Subnet)'
  )
ORDER BY eventtime, eventid, account, region, actor, eventname, target, opens_to_world, ports,
  sourceipaddress, errorcode
