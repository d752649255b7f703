import type { Resource } from '../cloudformation.ts';

/** How to delete what stays, by type. */
const deletion: Readonly<Record<string, (id: string) => string>> = {
  'AWS::S3::Bucket': (id) =>
    `aws s3 rb s3://${id} --force, once its files are no longer needed (object lock keeps them until its day)`,
  'AWS::S3::BucketPolicy': () => 'goes with its bucket',
  'AWS::CloudTrail::Trail': (id) => `aws cloudtrail delete-trail --name ${id}: nothing is recorded from then on`,
  'AWS::KMS::Key': (id) => `aws kms schedule-key-deletion --key-id ${id}, once no file is left that it encrypts`,
  'AWS::KMS::Alias': (id) => `aws kms delete-alias --alias-name ${id}`,
  'AWS::Logs::LogGroup': (id) => `aws logs delete-log-group --log-group-name ${id}`,
  'AWS::IAM::Role': (id) => `aws iam delete-role --role-name ${id}, when its trail is gone, after its inline policy`,
};

/** DeployedResource is a resource as CloudFormation lists it. */
export interface DeployedResource {
  readonly LogicalResourceId?: string | undefined;
  readonly PhysicalResourceId?: string | undefined;
}

/**
 * remains says what `serverless remove` leaves of a stack and how to delete it, a line each: evidence must not go by accident, and
 * nobody should learn from the bill that it is there.
 */
export function remains(
  template: { readonly Resources: Readonly<Record<string, Pick<Resource, 'Type' | 'DeletionPolicy'>>> },
  deployed: readonly DeployedResource[],
): readonly string[] {
  const names = new Map(deployed.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
  return Object.entries(template.Resources).flatMap(([id, { Type, DeletionPolicy }]) => {
    const name = names.get(id);
    if (DeletionPolicy !== 'Retain' || name === undefined) return [];
    return [`${name} (${Type}). To delete it: ${deletion[Type]?.(name) ?? 'by hand'}`];
  });
}
