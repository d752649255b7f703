// How the files here read a template: whatever has a type, and what refers to what.

/** ofType gives the resources of a type, by logical id. */
exports.ofType = (resources, type) => Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** idOf gives the logical id that a Ref or a GetAtt names; of anything else, nothing. */
exports.idOf = function idOf(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  return value.Ref ?? value['Fn::GetAtt']?.[0];
};

/** sourcesOf gives each event source mapping with the logical ids of its source and its function. */
exports.sourcesOf = (resources) =>
  exports.ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([id, { Properties }]) => ({
    id,
    from: exports.idOf(Properties.EventSourceArn),
    to: exports.idOf(Properties.FunctionName),
  }));

/** ruleMetrics gives the dimensions that CloudWatch counts a rule by: on the default bus its name alone. */
exports.ruleMetrics = function ruleMetrics({ Name: name, EventBusName: bus }, resources) {
  const busName = typeof bus === 'string' || bus === undefined ? bus : resources[exports.idOf(bus)].Properties.Name;
  return { ...(busName !== undefined && busName !== 'default' && { EventBusName: busName }), RuleName: name };
};
