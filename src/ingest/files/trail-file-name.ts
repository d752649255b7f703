/** TrailFileKind is the kind of an object in a trail's bucket, judged by its name. */
export type TrailFileKind = 'trail' | 'insight' | 'digest' | 'config' | 'unknown';

/** Why files of a kind contain no records. */
const reasons = {
  digest: 'CloudTrail digest file: proves log files intact, contains no records',
  // CloudTrail says within minutes who changed a resource; Config describes the result hours later.
  config: "AWS Config's file: it describes resources and has no events",
} as const satisfies Partial<Record<TrailFileKind, string>>;

/** reasonToSkip says why a file need not be opened, judged by its name; undefined for all other files. */
export function reasonToSkip(key: string): string | undefined {
  const kind = trailFileKind(key);
  return kind === 'digest' || kind === 'config' ? reasons[kind] : undefined;
}

/**
 * trailFileKind reads the kind from an S3 key or a file's path. CloudTrail names its files
 * `<account>_CloudTrail[-Kind]_<region>_…` in folders `AWSLogs/[<organisation>/]<account>/CloudTrail[-Kind]/<region>/yyyy/mm/dd/`,
 * Config its own `<account>_Config_<region>_ConfigHistory_…` and `…_ConfigSnapshot_…` beside them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export function trailFileKind(key: string): TrailFileKind {
  const parts = key.split('/');
  const name = /^\d{12}_CloudTrail(?:-(\w+))?_/.exec(parts.at(-1) ?? '');
  if (name !== null) return kindOfSuffix(name[1]);
  if (/^(?:\d{12}_Config_|ConfigWritabilityCheckFile$)/.test(parts.at(-1) ?? '')) return 'config';
  const start = parts.lastIndexOf('AWSLogs');
  const folder =
    start === -1 ? undefined : parts.slice(start + 1, start + 4).find((part) => /^CloudTrail(?:-\w+)?$/.test(part));
  // The folder alone proves nothing about a file with another name, e.g. a note that somebody left there.
  if (folder === undefined || !/\.json(?:\.gz)?$/.test(key)) return 'unknown';
  return kindOfSuffix(folder.split('-')[1]);
}

/**
 * isTrailKey recognises the S3 keys under which CloudTrail delivers records: in `AWSLogs/` at the top of the bucket or below the
 * trail's prefix. Below any other prefix, somebody else may have written a file with such a name.
 */
export function isTrailKey(key: string, prefix: string): boolean {
  const folder = prefix.replace(/\/+$/, '');
  const below = key.startsWith('AWSLogs/') || (folder !== '' && key.startsWith(`${folder}/AWSLogs/`));
  const kind = trailFileKind(key);
  return below && (kind === 'trail' || kind === 'insight');
}

/** trailFileTime is the delivery time in a trail file's name (`20230710T1220Z`), for ordering; undefined when it has none. */
export function trailFileTime(key: string): string | undefined {
  return /_(\d{8}T\d{4}(?:\d{2})?Z)[_.]/.exec(key.slice(key.lastIndexOf('/') + 1))?.[1];
}

/** trailAccount is the account whose trail a file belongs to, by the name that CloudTrail gave it: `<account>_CloudTrail…`. */
export function trailAccount(key: string): string | undefined {
  return /^(\d{12})_CloudTrail/.exec(key.slice(key.lastIndexOf('/') + 1))?.[1];
}

/** Kinds that AWS may add hold records like every other: only digests don't. */
function kindOfSuffix(suffix: string | undefined): TrailFileKind {
  if (suffix === 'Digest') return 'digest';
  return suffix === 'Insight' ? 'insight' : 'trail';
}
