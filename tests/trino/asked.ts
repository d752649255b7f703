import type { TableRow } from '../../src/report/duckdb/table.ts';
import type { Report } from '../../src/report/definition/report.ts';

type Fields = TableRow['fields'];

const inside = (fields: Fields, outer: string, inner: string): unknown =>
  (fields[outer] as Fields | null | undefined)?.[inner];

/** What each parameter without a telling default is asked for: whoever or whatever has most of the records. */
const values: Readonly<Record<string, (fields: Fields) => unknown>> = {
  principal: (fields) => inside(fields, 'userIdentity', 'userName'),
  address: (fields) => fields['sourceIPAddress'],
  key: (fields) => inside(fields, 'userIdentity', 'accessKeyId'),
  resource: (fields) =>
    inside(fields, 'requestParameters', 'bucketName') ?? inside(fields, 'requestParameters', 'roleName'),
};

/** Defaults that show nothing of an archive of a few hours. */
const short: Readonly<Record<string, string>> = { days: '0', hours: '3' };

/** asked gives each report something to be asked for that the rows hold. */
export function asked({ parameters }: Report, rows: readonly TableRow[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.flatMap(({ name }) => {
      const of = values[name];
      const value = of === undefined ? short[name] : busiest(rows, of);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function busiest(rows: readonly TableRow[], of: (fields: Fields) => unknown): string | undefined {
  const counts = new Map<string, number>();
  for (const { table, fields } of rows) {
    const value = table === 'cloudtrail' ? of(fields) : undefined;
    if (typeof value === 'string' && /^[\x20-\x7e]{3,200}$/.test(value) && !/ |amazonaws\.com$/.test(value)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
