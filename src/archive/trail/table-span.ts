/**
 * The accounts and regions that the tables over a trail's bucket cover, as properties of the tables say it: Athena computes folders from
 * them, and registers none. https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export const spanProperties = {
  accounts: 'projection.account.values',
  regions: 'projection.region.values',
  folders: 'storage.location.template',
  /** `found`: the accounts that have a folder in the bucket are added as they appear. `given`: those that the stage names, alone. */
  follow: 'trailwatch.accounts',
} as const;

/** An account that was added has the day of its first files, yyyy/MM/dd, in a property of its own. */
const sincePrefix = 'trailwatch.since.';

type Properties = Readonly<Record<string, string>>;

/** accountsOf lists the accounts that a table covers, sorted. */
export function accountsOf(properties: Properties): readonly string[] {
  return (properties[spanProperties.accounts] ?? '')
    .split(',')
    .filter((id) => /^\d{12}$/.test(id))
    .toSorted();
}

/** accountsOn lists the accounts that can have files in the folders of a day, yyyy/MM/dd: not those that were added and began later. */
export function accountsOn(properties: Properties, day: string): readonly string[] {
  return accountsOf(properties).filter((account) => (properties[`${sincePrefix}${account}`] ?? day) <= day);
}

/** FoundAccount is an account that has a folder in the trail's bucket. */
export interface FoundAccount {
  readonly account: string;
  /** The day of its first files, yyyy/MM/dd. */
  readonly since: string;
}

/** withAccounts gives the properties that change when accounts are added. */
export function withAccounts(properties: Properties, found: readonly FoundAccount[]): Properties {
  const added = found.filter(({ account }) => !accountsOf(properties).includes(account));
  return {
    [spanProperties.accounts]: [...accountsOf(properties), ...added.map(({ account }) => account)].toSorted().join(','),
    ...Object.fromEntries(added.map(({ account, since }) => [`${sincePrefix}${account}`, since])),
  };
}

/** TrailTables are the tables over a trail's bucket. */
export interface TrailTables {
  /** The place `s3://bucket/…/AWSLogs/…/` and the properties of the table of management and data events; undefined without tables. */
  read(): Promise<{ readonly location: string; readonly properties: Properties } | undefined>;
  /** add lets every table cover more accounts. */
  add(found: readonly FoundAccount[]): Promise<void>;
}

/** TrailFolders looks into the trail's bucket. */
export interface TrailFolders {
  /** The accounts that have a folder at a place. */
  accounts(location: string): Promise<readonly string[]>;
  /** The day of an account's first files, yyyy/MM/dd; undefined when CloudTrail wrote none for it. */
  firstDay(location: string, account: string): Promise<string | undefined>;
}

/**
 * coverFoundAccounts lets the tables cover each account that has files in the trail's bucket, also those that join an organization later,
 * unless the stage names its accounts. It gives those that it added.
 */
export async function coverFoundAccounts(tables: TrailTables, folders: TrailFolders): Promise<readonly FoundAccount[]> {
  const table = await tables.read();
  if (table === undefined || table.properties[spanProperties.follow] !== 'found') return [];
  const known = accountsOf(table.properties);
  const fresh = (await folders.accounts(table.location)).filter((account) => !known.includes(account));
  const found: FoundAccount[] = [];
  for (const account of fresh) {
    const since = await folders.firstDay(table.location, account);
    if (since !== undefined) found.push({ account, since });
  }
  if (found.length > 0) await tables.add(found);
  return found;
}
