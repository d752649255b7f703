// What holds for every log group, and for filters of log groups that the stack makes.
import type { Resource, Resources } from '../cloudformation.ts';
import { changed, ofType, withProperties, type TypedResource } from './read-template.ts';

/** encryptLogs gives the log groups a key. Without one CloudWatch Logs encrypts with a key of its own. */
export function encryptLogs(resources: Resources, key: string | undefined): Resources {
  if (key === undefined) return resources;
  return changed(resources, 'AWS::Logs::LogGroup', (group) => withProperties(group, { KmsKeyId: key }));
}

/** attachAfter makes filters of a log group wait for it where the stack makes it, since they name it by its text. */
export function attachAfter(resources: Resources): Resources {
  const made = new Map(
    ofType(resources, 'AWS::Logs::LogGroup').map(([id, { Properties }]) => [Properties.LogGroupName, id]),
  );
  const attach = (filter: TypedResource<'AWS::Logs::MetricFilter' | 'AWS::Logs::SubscriptionFilter'>): Resource => {
    const { LogGroupName: name } = filter.Properties;
    const group = typeof name === 'string' ? made.get(name) : undefined;
    return group === undefined ? filter : { ...filter, DependsOn: [filter.DependsOn ?? [], group].flat() };
  };
  return changed(changed(resources, 'AWS::Logs::SubscriptionFilter', attach), 'AWS::Logs::MetricFilter', attach);
}
