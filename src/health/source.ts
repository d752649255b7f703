import type { LogRecord } from '../model/log-record.ts';

/** paths are the ways by which records come in; a record's origin shows its path. */
export const paths = ['event-bus', 'logs', 'kinesis', 's3'] as const;

export type Path = (typeof paths)[number];

/** Source is a place that sends records regularly: it has a heartbeat, and may fall silent. */
export interface Source {
  readonly path: Path;
  /** A log group, a bucket, a stream, or, on the event bus, the log source: `cloudtrail`. */
  readonly name: string;
  /** Empty where no record names it. */
  readonly account: string;
  readonly region: string;
}

/** CloudTrail is the only source that comes by several paths at once. */
export const cloudtrail = 'cloudtrail';

// A log group's name has at most 512 characters, a bucket's 63.
const maxNameChars = 512;
const accountId = /^\d{12}$/;
const regionName = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** pathOf gives the path of a record by its origin; undefined for records that Trailwatch made itself. */
export function pathOf(origin: string): Path | undefined {
  if (origin.startsWith('s3://')) return 's3';
  if (origin === 'event-bus') return 'event-bus';
  if (origin.startsWith('kinesis:')) return 'kinesis';
  // Neither a log group's name nor a log stream's has a colon, and one is between them.
  return /^[^:]+:[^:]*$/.test(origin) ? 'logs' : undefined;
}

/**
 * sourceOf gives the source of a record; undefined for records that Trailwatch made itself. A record's own fields are believed
 * only for an account and a region, so that a sender cannot choose the name of a source.
 */
export function sourceOf({ account, fields, origin, region, source }: LogRecord): Source | undefined {
  if (source.product === 'trailwatch') return undefined;
  const path = pathOf(origin.path);
  if (path === undefined) return undefined;
  const isTrail = source.services[0] === cloudtrail;
  return {
    path,
    name: nameOf(path, origin.path, source.services[0] ?? source.product).slice(0, maxNameChars),
    account: matching(accountId, account ?? (isTrail ? fields['recipientAccountId'] : undefined)),
    region: matching(regionName, region ?? (isTrail ? fields['awsRegion'] : undefined)),
  };
}

/** sourceKey writes a source as one text, in which no two sources run together. */
export function sourceKey({ path, name, account, region }: Source): string {
  return JSON.stringify([path, name, account, region]);
}

const pathWords: Readonly<Record<Path, string>> = {
  'event-bus': 'on the event bus',
  logs: 'log group',
  kinesis: 'stream',
  s3: 'bucket',
};

/** sourceWords names a source for a person: `log group /hosts/auth, 111122223333`. */
export function sourceWords({ path, name, account, region }: Source): string {
  const what = path === 'event-bus' ? `${name} ${pathWords[path]}` : `${pathWords[path]} ${name}`;
  return [what, account, region].filter((part) => part !== '').join(', ');
}

/** isTrail recognises the sources of an account's calls: the trail's files, and CloudTrail on the event bus. */
export function isTrail({ name, path }: Source): boolean {
  return path === 's3' || (path === 'event-bus' && name === cloudtrail);
}

function nameOf(path: Path, origin: string, service: string): string {
  switch (path) {
    case 'event-bus':
      // Applications on the bus choose their own names: they share one source.
      return /^[a-z0-9_]{1,64}$/.test(service) ? service : 'other';
    case 'logs':
      return origin.slice(0, origin.indexOf(':'));
    case 'kinesis':
      return origin.slice('kinesis:'.length).split(/[:/#]/, 1)[0] ?? '';
    case 's3':
      return origin.slice('s3://'.length).split('/', 1)[0] ?? '';
    default:
      throw new Error(path satisfies never);
  }
}

function matching(pattern: RegExp, value: unknown): string {
  return typeof value === 'string' && pattern.test(value) ? value : '';
}
