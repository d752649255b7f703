import type { Stage } from './stage.ts';

/** Secrets are the names of the parameters and secrets that the roles of the stage's functions may read. */
export interface Secrets {
  /** SSM parameters, as they are named: `/trailwatch/dev/slack`. */
  readonly parameters: readonly string[];
  /** Names or ARNs in Secrets Manager. */
  readonly secrets: readonly string[];
}

/** secretsOf lists them by the policies of the stage's roles. */
export function secretsOf({ template }: Pick<Stage, 'template'>): Secrets {
  const statements = Object.values(template)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .flatMap(({ Properties }) => [Properties?.['Policies'] ?? []].flat() as readonly Policy[])
    .flatMap(({ PolicyDocument }) => [PolicyDocument?.Statement ?? []].flat());
  const resourcesFor = (action: string): readonly string[] =>
    statements
      .filter(({ Action }) => [Action].flat().includes(action))
      .flatMap(({ Resource }) => [Resource].flat().flatMap((resource) => textOf(resource)));
  return {
    parameters: unique(resourcesFor('ssm:GetParameter').flatMap((arn) => after(arn, ':parameter/'))).map((name) =>
      // An ARN has one slash for both kinds of names: `/a/b` and `b`.
      name.includes('/') ? `/${name}` : name,
    ),
    secrets: unique(resourcesFor('secretsmanager:GetSecretValue').flatMap((arn) => after(arn, ':secret:'))).map(
      (name) =>
        // AWS ends ARNs of secrets with a hyphen and six characters, for which policies write ?.
        name.replace(/-(?:\?{6}|\*)$/, ''),
    ),
  };
}

interface Policy {
  readonly PolicyDocument?: { readonly Statement?: Statement | readonly Statement[] };
}

interface Statement {
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

function textOf(resource: unknown): readonly string[] {
  if (typeof resource === 'string') return [resource];
  const text = (resource as { readonly 'Fn::Sub'?: unknown } | undefined)?.['Fn::Sub'];
  return typeof text === 'string' ? [text] : [];
}

function after(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [] : [text.slice(at + mark.length)];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
