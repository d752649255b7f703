import type { Stack, StackResource, Template } from './account.ts';

/** Stage is a deployed stage as its stack describes it: all names come from the stack. */
export interface Stage {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly stack: Stack;
  readonly resources: readonly StackResource[];
  /** The properties of each resource as they were deployed. */
  readonly template: Template;
}

/** stackNameOf is the name that serverless.yml gives a stage's stack. */
export function stackNameOf(stage: string): string {
  return `trailwatch-${stage}`;
}

/** resourcesOf lists a stage's resources of a type, as CloudFormation spells it. */
export function resourcesOf({ resources }: Pick<Stage, 'resources'>, type: string): readonly StackResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** physicalId is the name, URL or ARN that a resource got, by its logical id. */
export function physicalId({ resources }: Pick<Stage, 'resources'>, logicalId: string): string | undefined {
  return resources.find((resource) => resource.logicalId === logicalId)?.physicalId;
}

/** settingOf reads one of the functions' environment variables; empty ones are not set. */
export function settingOf({ template }: Pick<Stage, 'template'>, variable: string): string | undefined {
  for (const { Type, Properties } of Object.values(template)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const environment = Properties?.['Environment'] as { readonly Variables?: Readonly<Record<string, unknown>> };
    const value = environment?.Variables?.[variable];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/**
 * deployCommand is the command that deploys this stage again, to be completed: a deployment does not know the parameters of the
 * last one, and without `trailBucket` it removes the trail's part of the stage.
 */
export function deployCommand(
  { name, region }: Pick<Stage, 'name' | 'region'>,
  ...parameters: readonly string[]
): string {
  const given = parameters.map((parameter) => ` --param="${parameter}"`).join('');
  return `npx serverless deploy --stage ${name} --region ${region}${given}   # add every other --param of this stage: one that is left out returns to its default`;
}

/**
 * remakeSteps says how to restore a resource that was deleted by hand: CloudFormation does not notice the deletion, and a deployment
 * of the same template does not create it again.
 */
export function remakeSteps(stage: Pick<Stage, 'name' | 'region'>, what: string): string {
  return `remove ${what} from serverless.yml and deploy/, deploy, put it back, and deploy again: ${deployCommand(stage)}`;
}

/** partitionOf is the part of AWS that a region belongs to, as ARNs name it. */
export function partitionOf(name: string): string {
  if (name.startsWith('cn-')) return 'aws-cn';
  return name.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
