import type { Resources } from '../cloudformation.ts';
import { ofType } from './read-template.ts';

/**
 * traceGroup gives the stage's traces a group of their own in X-Ray; without traced functions there is none. The share of calls that
 * is sampled can't be set: of a function's calls Lambda takes the first of each second and one of twenty beyond, whatever sampling
 * rules say. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export function traceGroup(resources: Resources, prefix: string): Resources {
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
}
