// What `serverless remove` leaves behind, told before it begins and when it is done: an audit's evidence must not go by accident, and
// nobody should have to find out from the bill that it is there.

const how = {
  'AWS::S3::Bucket': (id) =>
    `aws s3 rb s3://${id} --force, once nobody needs its files (object lock keeps them until its day)`,
  'AWS::S3::BucketPolicy': () => 'goes with its bucket',
  'AWS::CloudTrail::Trail': (id) => `aws cloudtrail delete-trail --name ${id}: nothing is recorded from then on`,
  'AWS::KMS::Key': (id) => `aws kms schedule-key-deletion --key-id ${id}, when no file is left that it encrypts`,
  'AWS::KMS::Alias': (id) => `aws kms delete-alias --alias-name ${id}`,
  'AWS::Logs::LogGroup': (id) => `aws logs delete-log-group --log-group-name ${id}`,
  'AWS::IAM::Role': (id) => `aws iam delete-role --role-name ${id}, when its trail is gone, after its inline policy`,
};

/**
 * remains says what stays of a stack and how to delete it, a line each; nothing stays: no lines.
 * @param {{ Resources: Record<string, { Type: string, DeletionPolicy?: string }> }} template as it is deployed
 * @param {readonly { LogicalResourceId: string, PhysicalResourceId?: string }[]} deployed
 */
exports.remains = function remains(template, deployed) {
  const names = new Map(
    deployed.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]),
  );
  return Object.entries(template.Resources)
    .filter(([id, { DeletionPolicy }]) => DeletionPolicy === 'Retain' && names.get(id) !== undefined)
    .map(([id, { Type }]) => `${names.get(id)} (${Type}). To delete it: ${how[Type]?.(names.get(id)) ?? 'by hand'}`);
};
