// The stage's traces, as a group of their own in X-Ray. How many are sampled can't be set: of a function's calls, Lambda takes the first
// each second and one of twenty beyond, whatever sampling rules say. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
const { ofType } = require('./resources.cjs');

/** traceGroup gives the group of the functions that are traced, or nothing. */
exports.traceGroup = function traceGroup(resources, { prefix }) {
  const traced = ofType(resources, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.TracingConfig?.Mode === 'Active',
  );
  if (traced.length === 0) return {};
  const any = traced.map(([, { Properties }]) => `service("${Properties.FunctionName}")`).join(' OR ');
  return {
    TraceGroup: {
      Type: 'AWS::XRay::Group',
      // Insights cost by the trace; the alarms see failures too.
      Properties: { GroupName: prefix, FilterExpression: any, InsightsConfiguration: { InsightsEnabled: false } },
    },
  };
};
