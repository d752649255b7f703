// What the trail's bucket has to allow when it is in another account: read off the roles, so that it is never less than they need,
// nor more. In the stage's own account the roles' policies are enough.
const { ofType } = require('./resources.cjs');

/** trailAccess gives the statements for the bucket's policy as an output, in JSON to copy; without a bucket, nothing. */
exports.trailAccess = function trailAccess(resources, { createTrail, trailBucket }) {
  if (!trailBucket || createTrail === 'true') return {};
  const bucket = `arn:\${AWS::Partition}:s3:::${trailBucket}`;
  const needed = new Map();
  for (const [id, { Properties }] of ofType(resources, 'AWS::IAM::Role')) {
    for (const { Action, Resource } of (Properties.Policies ?? []).flatMap((one) => one.PolicyDocument.Statement)) {
      const of = [Resource]
        .flat()
        .map((one) => one['Fn::Sub'])
        .filter((text) => text === bucket || text?.startsWith(`${bucket}/`));
      const key = JSON.stringify([[Action].flat(), of]);
      if (of.length > 0) needed.set(key, [...(needed.get(key) ?? []), `\${${id}.Arn}`]);
    }
  }
  const statements = [...needed].map(([key, roles]) => {
    const [actions, of] = JSON.parse(key);
    return { Effect: 'Allow', Principal: { AWS: roles }, Action: actions, Resource: of };
  });
  return {
    TrailBucketStatements: {
      Description:
        "For the policy of the trail's bucket, and its key's (kms:Decrypt), when they are in another account",
      Value: { 'Fn::Sub': JSON.stringify(statements) },
    },
  };
};
