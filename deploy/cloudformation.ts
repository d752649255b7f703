// What the resource files have in common: CloudFormation's shapes, as far as they are used here, and the few that repeat.

/** Intrinsic is a value that CloudFormation fills in when it deploys. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly [id: string, attribute: string] }
  | { readonly 'Fn::Sub': string }
  | { readonly 'Fn::FindInMap': readonly [mapping: string, key: string, name: string] }
  | { readonly 'Fn::Join': readonly [between: string, parts: readonly Text[]] };

export type Text = string | Intrinsic;

export interface Resource<Properties = Readonly<Record<string, unknown>>> {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly Properties: Properties;
}

/** Resources by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

export interface Output {
  readonly Description: string;
  readonly Value: Text;
}

type Mapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Part is what one file of resources adds to the stack. */
export interface Part {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, Output>>;
  readonly Mappings?: Readonly<Record<string, Mapping>>;
}

/** Statement is one statement of a policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, Text | readonly Text[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: Text | readonly Text[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Text | readonly Text[]>>>>;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export const ref = (id: string): Intrinsic => ({ Ref: id });

export const attribute = (id: string, name = 'Arn'): Intrinsic => ({ 'Fn::GetAtt': [id, name] });

/** sub writes a text in which CloudFormation fills in `${…}`. */
export const sub = (text: string): { readonly 'Fn::Sub': string } => ({ 'Fn::Sub': text });

/** arn writes an ARN in the stack's own partition, region and account. */
export const arn = (service: string, resource: string): { readonly 'Fn::Sub': string } =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);

export const bucketArn = (bucket: string, keys = ''): Intrinsic => sub(`arn:\${AWS::Partition}:s3:::${bucket}${keys}`);

export const policy = (statements: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement: statements });

/** allow writes a statement of a role's policy. */
export function allow(
  sid: string,
  action: string | readonly string[],
  resource: Text | readonly Text[],
  condition?: Statement['Condition'],
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(condition !== undefined && { Condition: condition }),
  };
}

/** tlsOnly refuses requests that are not encrypted. */
export const tlsOnly = (action: string, resource: Text | readonly Text[]): Statement => ({
  Sid: 'OnlyByTls',
  Effect: 'Deny',
  Principal: '*',
  Action: action,
  Resource: resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** kept makes a resource that outlives the stack: evidence must not go because its tool goes. */
export function kept(type: string, properties: Resource['Properties'], dependsOn?: string): Resource {
  return {
    Type: type,
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    ...(dependsOn !== undefined && { DependsOn: dependsOn }),
    Properties: properties,
  };
}

/** combined puts parts together. @throws {Error} for a name that two of them use. */
export function combined(parts: readonly Part[]): Required<Part> {
  const merged = (section: keyof Part): Readonly<Record<string, never>> => {
    const entries = parts.flatMap((part) => Object.entries(part[section] ?? {}));
    const twice = entries.find(([id], index) => entries.findIndex(([other]) => other === id) !== index);
    if (twice !== undefined) throw new Error(`${section}: ${twice[0]} is defined twice`);
    return Object.fromEntries(entries) as Readonly<Record<string, never>>;
  };
  return { Resources: merged('Resources'), Outputs: merged('Outputs'), Mappings: merged('Mappings') };
}
