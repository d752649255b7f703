/** TrailKey is the parsed key of an object in a trail bucket. */
export interface TrailKey {
  /** The key from `AWSLogs/` on: the same in the bucket and in every copy. */
  readonly path: string;
  /** The part before: the trail's key prefix, or a folder of the copy. Ends in `/` unless it is empty. */
  readonly prefix: string;
  /** In organization trails: `o-…`. */
  readonly organization?: string;
  readonly account: string;
  /** The account's folder: `CloudTrail`, `CloudTrail-Digest`, `CloudTrail-Insight`, … */
  readonly folder: string;
  readonly region: string;
  /** yyyy-MM-dd, from the folders. */
  readonly day: string;
  readonly name: string;
  /** ISO 8601, UTC, from the name: when CloudTrail created the file; for a digest, the end of its period. */
  readonly time?: string;
}

/**
 * parseTrailKey reads `[prefix/]AWSLogs/[o-id/]account/folder/region/yyyy/mm/dd/name`; undefined for every other key.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
export function parseTrailKey(key: string): TrailKey | undefined {
  const parts = key.split('/');
  const start = parts.lastIndexOf('AWSLogs');
  if (start === -1) return undefined;
  const inside = parts.slice(start + 1);
  const organization = /^o-[a-z0-9]+$/.test(inside[0] ?? '') ? inside.shift() : undefined;
  const [account = '', folder = '', region = '', year = '', month = '', day = '', name = '', more] = inside;
  if (more !== undefined || name === '' || !/^\d{12}$/.test(account) || !/^CloudTrail(-\w+)?$/.test(folder))
    return undefined;
  if (!/^\d{4}$/.test(year) || !/^\d\d$/.test(month) || !/^\d\d$/.test(day)) return undefined;
  const time = timeInName(name);
  return {
    path: parts.slice(start).join('/'),
    prefix: start === 0 ? '' : `${parts.slice(0, start).join('/')}/`,
    ...(organization !== undefined && { organization }),
    account,
    folder,
    region,
    day: `${year}-${month}-${day}`,
    name,
    ...(time !== undefined && { time }),
  };
}

/**
 * DigestName is the parsed name of a digest file: the chain that it belongs to.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export interface DigestName {
  /** Identifies a chain: organization, account, region, trail and its home region; backfill digests form a separate chain. */
  readonly chain: string;
  /** Whether it is a backfill digest: it has log files that should have been in hourly digests but were not. */
  readonly backfill: boolean;
}

/** digestName reads the key of a digest file; undefined for every other key. */
export function digestName(key: TrailKey): DigestName | undefined {
  if (key.folder !== 'CloudTrail-Digest' || !/\.json(\.gz)?$/.test(key.name)) return undefined;
  const found = /^\d{12}_CloudTrail-Digest_(.+)_\d{8}T\d{6}Z(_backfill)?\./.exec(key.name);
  if (found === null) return undefined;
  const backfill = found[2] !== undefined;
  const owner = [key.prefix, key.organization ?? '', key.account, found[1]].join(' ');
  return { chain: backfill ? `${owner} backfill` : owner, backfill };
}

/** isLogFile says whether a key is a log file, which digests name, and not a digest or another object. */
export function isLogFile(key: TrailKey): boolean {
  return key.folder !== 'CloudTrail-Digest' && /^\d{12}_CloudTrail.*\.json(\.gz)?$/.test(key.name);
}

function timeInName(name: string): string | undefined {
  const found = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z[_.]/.exec(name);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second = '00'] = found;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
