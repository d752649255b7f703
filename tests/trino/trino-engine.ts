import { setTimeout as sleep } from 'node:timers/promises';
import { parameterLiteral } from '../../src/report/definition/parameter.ts';
import type { Cell, Query, QueryEngine } from '../../src/report/run/query-engine.ts';
import type { TrinoServer } from './trino-server.ts';

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly Cell[])[];
  readonly error?: { readonly message: string; readonly errorName: string };
}

/**
 * createTrinoEngine asks a Trino server as Athena asks its own: the query is prepared, and each value comes beside it as one literal.
 * https://trino.io/docs/current/develop/client-protocol.html
 */
export function createTrinoEngine(server: TrinoServer, version: string): QueryEngine {
  return {
    name: `Trino ${version}`,
    async query(query) {
      const { columns, rows } = await run(server, textOf(query));
      return { columns, batches: one(rows), statistics: () => ({}) };
    },
    close: async () => undefined,
  };
}

function textOf({ sql, values }: Query): string {
  const using = values.length === 0 ? '' : ` USING ${values.map(parameterLiteral).join(', ')}`;
  return `EXECUTE IMMEDIATE ${parameterLiteral({ type: 'text', value: sql.text })}${using}`;
}

/** run asks one statement and reads its answer to the end. @throws {Error} as Trino names it. */
export async function run(
  { url, schema }: Pick<TrinoServer, 'url' | 'schema'>,
  statement: string,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }> {
  const headers = { 'X-Trino-User': 'proof', 'X-Trino-Catalog': 'trail', 'X-Trino-Schema': schema };
  let page = await pageOf(await fetch(`${url}/v1/statement`, { method: 'POST', headers, body: statement }));
  let columns: readonly string[] = [];
  const rows: (readonly Cell[])[] = [];
  for (;;) {
    if (page.error !== undefined) throw new Error(`${page.error.errorName}: ${page.error.message}`);
    if (page.columns !== undefined) columns = page.columns.map(({ name }) => name);
    rows.push(...(page.data ?? []));
    if (page.nextUri === undefined) return { columns, rows };
    page = await pageOf(await fetch(page.nextUri, { headers }));
  }
}

async function pageOf(response: Response): Promise<Page> {
  if (response.status === 503) {
    await sleep(100);
    return pageOf(await fetch(response.url));
  }
  if (!response.ok) throw new Error(`Trino answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return (await response.json()) as Page;
}

async function* one<T>(batch: T): AsyncIterable<T> {
  yield batch;
}
