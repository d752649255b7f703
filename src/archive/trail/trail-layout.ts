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
  /** Empty for an object in the account's folder itself. */
  readonly region: string;
  /** yyyy-MM-dd, from the folders; empty for an object in no day's folder. */
  readonly day: string;
  /** The rest of the key; of an object in a subfolder, with the subfolders. Empty for a folder: a key that ends in `/`. */
  readonly name: string;
  /** ISO 8601, UTC, from the name: when CloudTrail created the file; for a digest, the end of its period. */
  readonly time?: string;
}

/**
 * parseTrailKey reads the key of any object below `[prefix/]AWSLogs/[o-id/]account/CloudTrail[-Kind]/`; undefined for every other
 * key. CloudTrail itself writes `region/yyyy/mm/dd/name` there; an object with another key was written by another party.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
export function parseTrailKey(key: string): TrailKey | undefined {
  const parts = key.split('/');
  // The first that fits: below a trail's folders, a subfolder may be called anything, also AWSLogs.
  for (let start = parts.indexOf('AWSLogs'); start !== -1; start = parts.indexOf('AWSLogs', start + 1)) {
    const inside = parts.slice(start + 1);
    const organization = /^o-[a-z0-9]+$/.test(inside[0] ?? '') ? inside.shift() : undefined;
    const [account = '', folder = '', ...rest] = inside;
    if (!/^\d{12}$/.test(account) || !/^CloudTrail(-\w+)?$/.test(folder) || rest.length === 0) continue;
    return {
      path: parts.slice(start).join('/'),
      prefix: start === 0 ? '' : `${parts.slice(0, start).join('/')}/`,
      ...(organization !== undefined && { organization }),
      account,
      folder,
      ...placeBelow(rest),
    };
  }
  return undefined;
}

function placeBelow(rest: readonly string[]): Pick<TrailKey, 'region' | 'day' | 'name' | 'time'> {
  const [region = '', year = '', month = '', day = '', ...names] = rest;
  if (rest.length === 1) return { region: '', day: '', name: region };
  const dated = names.length > 0 && /^\d{4}$/.test(year) && /^\d\d$/.test(month) && /^\d\d$/.test(day);
  if (!dated) return { region, day: '', name: rest.slice(1).join('/') };
  const name = names.join('/');
  const time = timeInName(name);
  return { region, day: `${year}-${month}-${day}`, name, ...(time !== undefined && { time }) };
}

/**
 * DigestName is the parsed name of a digest file: the chain that it belongs to.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export interface DigestName {
  /** Identifies a chain: organization, account, region, trail and its home region; backfill digests form a separate chain. */
  readonly chain: string;
  /** Identifies the trail: the same in all of its regions, and in all accounts of an organization. */
  readonly trail: string;
  /** Whether it is a backfill digest: it has log files that should have been in hourly digests but were not. */
  readonly backfill: boolean;
}

/** digestName reads the key of a digest file; undefined for every other key. */
export function digestName(key: TrailKey): DigestName | undefined {
  if (key.folder !== 'CloudTrail-Digest' || key.day === '') return undefined;
  const found = /^\d{12}_CloudTrail-Digest_([^/]+)_\d{8}T\d{6}Z(_backfill)?\.json(?:\.gz)?$/.exec(key.name);
  if (found === null) return undefined;
  const backfill = found[2] !== undefined;
  // `eu-west-1_audit_us-east-1`: the region, the trail, and the trail's home region.
  const [region = '', ...owner] = (found[1] ?? '').split('_');
  const trail = [key.prefix, key.organization ?? key.account, owner.join('_')].join(' ');
  const chain = [trail, key.account, region, ...(backfill ? ['backfill'] : [])].join(' ');
  return { chain, trail, backfill };
}

/** isLogFile is true of a key as CloudTrail gives it to log files, which digests name. */
export function isLogFile({ day, folder, name }: TrailKey): boolean {
  return folder !== 'CloudTrail-Digest' && day !== '' && /^\d{12}_CloudTrail[^/]*\.json(\.gz)?$/.test(name);
}

function timeInName(name: string): string | undefined {
  const found = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z[_.]/.exec(name);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second = '00'] = found;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
