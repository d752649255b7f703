import { sub, type Output, type Resources } from '../cloudformation.ts';
import { ofType, statementsOf, textOf } from './read-template.ts';

/**
 * trailAccess gives what the trail's bucket has to allow when it is in another account, as an output with JSON to copy. It is read
 * from the roles, so that it is never less than they need, nor more. In the stage's own account the roles' policies are enough.
 */
export function trailAccess(resources: Resources, trailBucket: string): Readonly<Record<string, Output>> {
  const bucket = `arn:\${AWS::Partition}:s3:::${trailBucket}`;
  const needed = new Map<
    string,
    { readonly actions: readonly string[]; readonly on: readonly string[]; readonly roles: string[] }
  >();
  for (const [id, role] of ofType(resources, 'AWS::IAM::Role')) {
    for (const { Action, Resource } of statementsOf(role)) {
      const on = [Resource].flat().flatMap((one) => {
        const text = textOf(one);
        return text === bucket || text?.startsWith(`${bucket}/`) === true ? [text] : [];
      });
      if (on.length === 0) continue;
      const actions = [Action].flat();
      const key = JSON.stringify([actions, on]);
      const entry = needed.get(key) ?? { actions, on, roles: [] };
      entry.roles.push(`\${${id}.Arn}`);
      needed.set(key, entry);
    }
  }
  const statements = [...needed.values()].map(({ actions, on, roles }) => ({
    Effect: 'Allow',
    Principal: { AWS: roles },
    Action: actions,
    Resource: on,
  }));
  return {
    TrailBucketStatements: {
      Description:
        "For the policy of the trail's bucket, and its key's (kms:Decrypt), when they are in another account",
      Value: sub(JSON.stringify(statements)),
    },
  };
}
