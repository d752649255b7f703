import { holds, namesIn, resolve, TemplateError, type Mappings, type Scope } from './intrinsics.ts';
import { claimOf, namedBy, physicalName, type Named } from './physical.ts';

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Mappings;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

export interface StackResource extends Named {
  readonly type: string;
  readonly name: string;
  readonly claim: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly retained: boolean;
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly Timestamp: string;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly template: StackTemplate;
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly events: readonly StackEvent[];
}

/** Maker makes a resource at a local endpoint too, so that what is deployed can be used. */
export interface Maker {
  readonly make: (name: string, properties: Readonly<Record<string, unknown>>) => Promise<Partial<Named> | undefined>;
  readonly remove?: (name: string) => Promise<void>;
}

export interface Account {
  readonly id: string;
  readonly region: string;
  /** By type; what has no maker is a name and no more. */
  readonly makers: Readonly<Record<string, Maker>>;
}

/** applyTemplate creates or updates a stack: each resource in the order that its references ask for, and back on a failure. */
export async function applyTemplate(
  { id, name }: Pick<Stack, 'id' | 'name'>,
  template: StackTemplate,
  others: ReadonlyMap<string, Stack>,
  account: Account,
): Promise<Stack> {
  const before = others.get(name);
  const exists = before !== undefined && !before.status.startsWith('DELETE');
  const verb = exists ? 'UPDATE' : 'CREATE';
  const place = { stack: name, account: account.id, region: account.region };
  const log = createLog(name, before?.events ?? []);
  log.add(name, 'AWS::CloudFormation::Stack', `${verb}_IN_PROGRESS`);

  const resources = new Map<string, StackResource>();
  const scope: Scope = {
    pseudo: {
      'AWS::AccountId': account.id,
      'AWS::Region': account.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': id,
    },
    ref: (resource) => resources.get(resource)?.ref,
    attribute: (resource, attribute) => resources.get(resource)?.attribute(attribute),
    conditions: template.Conditions ?? {},
    mappings: template.Mappings ?? {},
  };
  const taken = new Set(
    [...others.values()].flatMap((other) =>
      other.name === name ? [] : [...other.resources.values()].map(({ claim }) => claim),
    ),
  );

  for (const resourceId of inOrder(template)) {
    const {
      Type: type,
      Properties: given = {},
      Condition: condition,
      DeletionPolicy: kept,
    } = resourceOf(template, resourceId);
    if (condition !== undefined && !holds(condition, scope, `/Resources/${resourceId}/Condition`)) continue;
    try {
      const properties = resolve(given, scope, `/Resources/${resourceId}/Properties`) as Record<string, unknown>;
      const physical = physicalName(type, resourceId, properties, place);
      const claim = claimOf(type, physical, properties, place);
      if (taken.has(claim)) throw new TemplateError(`${physical} already exists`);
      taken.add(claim);
      const named = namedBy(type, physical, properties, place);
      const isNew = !exists || before.resources.get(resourceId)?.name !== physical;
      const made = isNew || remade.has(type) ? await account.makers[type]?.make(physical, properties) : undefined;
      const kepts = isNew ? {} : keptNames(before, resourceId);
      resources.set(resourceId, {
        ...named,
        ...kepts,
        ...made,
        type,
        name: physical,
        claim,
        properties,
        retained: kept === 'Retain',
      });
      log.add(resourceId, type, isNew ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
    } catch (error) {
      log.add(resourceId, type, `${verb}_FAILED`, error instanceof Error ? error.message : String(error));
      const status = exists ? 'UPDATE_ROLLBACK_COMPLETE' : 'ROLLBACK_COMPLETE';
      log.add(name, 'AWS::CloudFormation::Stack', status);
      return {
        id,
        name,
        status,
        template: before?.template ?? template,
        resources: before?.resources ?? new Map(),
        outputs: {},
        events: log.events,
      };
    }
  }
  for (const [resourceId, gone] of before?.resources ?? []) {
    if (!resources.has(resourceId)) await removeResource(resourceId, gone, account, log);
  }
  const outputs = Object.entries(template.Outputs ?? {}).flatMap(([key, { Value, Condition: condition }]) =>
    condition === undefined || holds(condition, scope, `/Outputs/${key}/Condition`)
      ? [[key, String(resolve(Value, scope, `/Outputs/${key}`))] as const]
      : [],
  );
  log.add(name, 'AWS::CloudFormation::Stack', `${verb}_COMPLETE`);
  return {
    id,
    name,
    status: `${verb}_COMPLETE`,
    template,
    resources,
    outputs: Object.fromEntries(outputs),
    events: log.events,
  };
}

/** removeStack takes a stack's resources away, but for those that its template says to keep. */
export async function removeStack(stack: Stack, account: Account): Promise<Stack> {
  const log = createLog(stack.name, stack.events);
  log.add(stack.name, 'AWS::CloudFormation::Stack', 'DELETE_IN_PROGRESS');
  for (const [id, resource] of [...stack.resources].toReversed()) await removeResource(id, resource, account, log);
  log.add(stack.name, 'AWS::CloudFormation::Stack', 'DELETE_COMPLETE');
  const resources = new Map([...stack.resources].filter(([, { retained }]) => retained));
  return { ...stack, status: 'DELETE_COMPLETE', resources, outputs: {}, events: log.events };
}

/** What may change under the same name, so that an update reaches it: a function's code, a bus's rules. */
const remade: ReadonlySet<string> = new Set(['AWS::Lambda::Function']);

function keptNames(before: Stack | undefined, id: string): Partial<Named> {
  const resource = before?.resources.get(id);
  return resource === undefined ? {} : { ref: resource.ref, attribute: resource.attribute };
}

type Log = ReturnType<typeof createLog>;

async function removeResource(
  id: string,
  { type, name, retained }: StackResource,
  account: Account,
  log: Log,
): Promise<void> {
  if (!retained) await account.makers[type]?.remove?.(name);
  log.add(id, type, retained ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE');
}

function resourceOf(template: StackTemplate, id: string): TemplateResource {
  const resource = template.Resources[id];
  if (resource === undefined) throw new TemplateError(`there is no resource ${id}`);
  return resource;
}

/** inOrder puts what is referred to before what refers to it. */
function inOrder(template: StackTemplate): readonly string[] {
  const ordered = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (ordered.has(id) || !Object.hasOwn(template.Resources, id)) return;
    if (path.includes(id))
      throw new TemplateError(`Circular dependency between resources: ${[...path, id].join(', ')}`);
    const { Properties, DependsOn = [] } = resourceOf(template, id);
    for (const needed of [...namesIn(Properties), ...[DependsOn].flat()]) visit(needed, [...path, id]);
    ordered.add(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id, []);
  return [...ordered];
}

function createLog(stack: string, earlier: readonly StackEvent[]) {
  const events = [...earlier];
  return {
    events,
    add(id: string, type: string, status: string, reason?: string): void {
      events.push({
        EventId: String(events.length + 1),
        StackName: stack,
        LogicalResourceId: id,
        ResourceType: type,
        ResourceStatus: status,
        ...(reason !== undefined && { ResourceStatusReason: reason }),
        Timestamp: '2026-03-11T10:00:00Z',
      });
    },
  };
}
