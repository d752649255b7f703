import type { Target } from '../../model/audit-event.ts';
import type { Fields } from '../../model/log-record.ts';
import { arnOf, lastOf } from '../arn.ts';
import { at, isObject, listOf, textAt, textOf } from '../read.ts';
import { serviceOf } from '../service.ts';
import { callTargets } from './call-targets.ts';
import type { Call } from './call-targets.ts';
import { sharedWith } from './sharing.ts';
import { kindOfParameter, kindOfResourceType } from './target-kinds.ts';

/** Events are hostile and can be large: as much is read as a person would look at. */
const maxTargets = 20;
const maxVisited = 500;
const maxDepth = 4;

interface Ranked extends Target {
  readonly rank: number;
}

/**
 * targetsOf says what a CloudTrail call was done to, the most specific first: what the parameters name, what the response
 * says was made, the `resources`; then with whom it was shared, or to whom it was opened. Failing all, the account.
 */
export function targetsOf(fields: Fields, account: string | undefined): readonly Target[] {
  const source = textAt(fields, 'eventSource') ?? textAt(fields, 'insightDetails', 'eventSource');
  const call = { service: serviceOf(source)?.toLowerCase() ?? '', name: textAt(fields, 'eventName') ?? '' };
  const whom = unique(sharedWith(call, at(fields, 'requestParameters'), account)).slice(0, maxTargets / 2);
  const things = unique([...thingsOf(fields, call), ...endpointOf(fields)]);
  const found = [
    ...things.filter(({ id }) => !whom.some((one) => one.id === id)).slice(0, maxTargets - whom.length),
    ...whom,
  ];
  return found.length > 0 || account === undefined ? found : [{ kind: 'account', id: account }];
}

/** What the table says of the call comes first, then what the names of its parameters say. */
function thingsOf(fields: Fields, call: Call): readonly Target[] {
  const [parameters, answer] = [at(fields, 'requestParameters'), at(fields, 'responseElements')];
  const known = callTargets(call, parameters);
  const request = namedIn(parameters, call).filter(({ id }) => !known.some((target) => target.id === id));
  const asked = new Set([...known, ...request].map(({ kind }) => kind));
  const made = [
    ...namedIn(answer, call),
    ...callTargets(call, answer).map((target) => ({ ...target, rank: Number.MAX_SAFE_INTEGER })),
  ].filter(({ kind }) => !asked.has(kind));
  const named = [...known, ...objectOfBucket(fields), ...[...request, ...made].toSorted((a, b) => a.rank - b.rank)];
  return [...named, ...resourcesOf(fields).filter((resource) => !isNamed(resource, named))];
}

/** objectOfBucket joins what S3 names in two parameters. */
function objectOfBucket(fields: Fields): readonly Target[] {
  const parameters = at(fields, 'requestParameters');
  const bucket = textAt(parameters, 'bucketName');
  const key = textAt(parameters, 'key');
  return bucket === undefined || key === undefined ? [] : [{ kind: 'object', id: `${bucket}/${key}` }];
}

/** What a network activity event always says is which endpoint it went through. */
function endpointOf(fields: Fields): readonly Target[] {
  const id = textAt(fields, 'vpcEndpointId');
  return id === undefined || textAt(fields, 'eventType') !== 'AwsVpceEvent' ? [] : [{ kind: 'vpc-endpoint', id }];
}

function resourcesOf(fields: Fields): readonly Target[] {
  const found: Target[] = [];
  for (const resource of listOf(at(fields, 'resources')).slice(0, maxVisited)) {
    const id = textAt(resource, 'ARN') ?? textAt(resource, 'arn') ?? textAt(resource, 'resourceName');
    const type = textAt(resource, 'type') ?? textAt(resource, 'resourceType');
    if (id !== undefined) found.push({ kind: type === undefined ? kindOfArn(id) : kindOfResourceType(type), id });
  }
  return found;
}

/** kindOfArn reads `role` in `…:role/name`; an S3 ARN has no kind and names a bucket, or an object in it. */
function kindOfArn(text: string): string {
  const arn = arnOf(text);
  if (arn === undefined) return 'resource';
  if (arn.service === 's3') return arn.resource.includes('/') ? 'object' : 'bucket';
  const [kind = ''] = arn.resource.split(/[:/]/, 1);
  return kind !== '' && kind !== arn.resource ? kind : arn.service;
}

/** isNamed says whether a resource's ARN says again what a parameter already named. */
function isNamed({ kind, id }: Target, named: readonly Target[]): boolean {
  const resource = arnOf(id)?.resource ?? id;
  return named.some((one) => one.kind === kind && (one.id === id || one.id === resource || one.id === lastOf(id)));
}

/** namedIn walks parameters breadth first, a bounded way, and collects what well-known names hold. */
function namedIn(parameters: unknown, { service, name: call }: Call): readonly Ranked[] {
  const found: Ranked[] = [];
  let level: readonly unknown[] = [parameters];
  let visited = 0;
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (Array.isArray(value)) next.push(...value.slice(0, maxVisited));
      if (!isObject(value)) continue;
      for (const [name, inner] of Object.entries(value)) {
        if (++visited > maxVisited) return found;
        const known = kindOfParameter(name, service, call);
        if (known !== undefined) found.push(...textsOf(inner).map((id) => ({ ...known, id })));
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next.slice(0, maxVisited);
  }
  return found;
}

function textsOf(value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value.slice(0, maxTargets) : [value];
  // Some EC2 requests keep the XML they came in: `{ tag: 1, content: 'fl-…' }`.
  return values.map((one) => textOf(one) ?? textAt(one, 'content')).filter((text) => text !== undefined);
}

function unique(targets: readonly Target[]): readonly Target[] {
  const seen = new Map<string, Target>();
  for (const { kind, id } of targets) {
    const key = `${kind} ${id}`;
    if (!seen.has(key)) seen.set(key, { kind, id });
  }
  return [...seen.values()];
}
