import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { AthenaClient, QueryExecution, Row } from '@aws-sdk/client-athena';
import { parameterLiteral } from '../../report/definition/parameter.ts';
import type { Answer, Cell, Query, QueryEngine, QueryStatistics } from '../../report/run/query-engine.ts';
import { queryCost, queryTitle } from '../../report/stage/query-history.ts';
import { bytes } from '../../text/amounts.ts';
import { ReportError } from '../../report/definition/report-error.ts';

/** AthenaOptions say where queries run; the work group says where their results go, and how much they may read. */
export interface AthenaOptions {
  readonly client: AthenaClient;
  readonly workGroup: string;
  readonly database: string;
  /** Waits so many ms, or less when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Answers from a result of the same query that is at most so many minutes old. */
  readonly reuseMinutes?: number;
  /** US dollars for 2^40 bytes scanned; regions differ. https://aws.amazon.com/athena/pricing/ */
  readonly dollarsPerTerabyte?: number;
}

// Of a query's text, in bytes, and of a parameter's literal. https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
const longestQuery = 262_144;
const longestLiteral = 1024;
const firstWaitMs = 250;
const longestWaitMs = 5_000;

/** createAthenaEngine answers queries by Athena. Throttled calls are tried again by the client; what it starts, it stops. */
export function createAthenaEngine(options: AthenaOptions): QueryEngine {
  return {
    name: `Athena, work group ${options.workGroup}`,
    query: (query, run) => ask(query, run, options),
    async close() {
      options.client.destroy();
    },
  };
}

interface MetadataBearer {
  readonly $metadata: { readonly attempts?: number | undefined };
}

type Run = Parameters<QueryEngine['query']>[1];

async function ask(query: Query, run: Run, options: AthenaOptions): Promise<Answer> {
  const { client } = options;
  if (run.signal.aborted) throw new ReportError('cancelled', 'stopped before the query began');
  const again = { retries: 0 };
  const id = await start(query, options, again);
  const execution = await finished(id, run, options, again);
  const pages = pagesOf(client, id, run.signal, again);
  const first = await pages.next();
  if (first.done === true) throw new ReportError('engine', `Athena: query ${id} has no result`);
  // The first row of a SELECT's result holds the columns' names.
  const [head = [], ...rows] = first.value;
  return {
    columns: head.map(String),
    batches: batchesOf(rows, pages),
    statistics: () => statisticsOf(id, execution, options, again),
  };
}

async function start({ name, sql, values }: Query, options: AthenaOptions, again: Retries): Promise<string> {
  const { client, workGroup, database, reuseMinutes } = options;
  // The work group's history identifies the run by its name; the name is the same each time, or no result could be reused.
  const text = name === undefined ? sql.text : `${queryTitle(name)}\n${sql.text}`;
  const size = Buffer.byteLength(text);
  if (size > longestQuery) {
    throw new ReportError('definition', `the SQL has ${size} bytes; Athena takes ${longestQuery}`);
  }
  const literals = values.map(parameterLiteral);
  const long = literals.findIndex((literal) => literal.length > longestLiteral);
  if (long >= 0) {
    throw new ReportError(
      'usage',
      `${sql.names[long]}: with its quotes it has ${literals[long]?.length} characters; Athena takes ${longestLiteral}`,
    );
  }
  const { QueryExecutionId } = await called('StartQueryExecution', again, () =>
    client.send(
      new StartQueryExecutionCommand({
        QueryString: text,
        WorkGroup: workGroup,
        QueryExecutionContext: { Database: database },
        // Athena prepares the query and takes each parameter as one literal: none can become part of its text.
        ...(literals.length > 0 && { ExecutionParameters: literals }),
        ...(reuseMinutes !== undefined && {
          ResultReuseConfiguration: {
            ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: reuseMinutes },
          },
        }),
      }),
    ),
  );
  if (QueryExecutionId === undefined) throw new ReportError('engine', 'Athena: started a query without naming it');
  return QueryExecutionId;
}

/** Asks for the query's state, at growing intervals, until it has ended. A query whose caller has given up is stopped. */
async function finished(
  id: string,
  { signal, onProgress }: Run,
  options: AthenaOptions,
  again: Retries,
): Promise<QueryExecution> {
  const { client, wait } = options;
  let ended = false;
  try {
    for (let ms = firstWaitMs; ; ms = Math.min(ms * 1.5, longestWaitMs)) {
      if (signal.aborted) throw new ReportError('cancelled', 'stopped');
      const { QueryExecution: execution = {} } = await called('GetQueryExecution', again, () =>
        client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
      );
      const state = execution.Status?.State ?? 'QUEUED';
      const bytesScanned = execution.Statistics?.DataScannedInBytes;
      onProgress?.({ state, ...(bytesScanned !== undefined && { bytesScanned }), ...again });
      ended = state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
      if (state === 'SUCCEEDED') return execution;
      if (ended) throw failureOf(id, state, execution);
      await wait(ms, signal);
    }
  } catch (error) {
    if (ended) throw error;
    const outcome = await stopped(id, client);
    if (!(error instanceof ReportError)) throw error;
    throw new ReportError(error.kind, `${error.message}; query ${id} ${outcome}`, { cause: error });
  }
}

/** Stops a query, which left alone would go on reading, and be paid for; says what came of it. */
async function stopped(id: string, client: AthenaClient): Promise<string> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    return 'was stopped on Athena too';
  } catch (error) {
    const { name, message } = error as Error;
    return `could not be stopped on Athena, where it may go on reading: ${name}: ${message}`;
  }
}

function failureOf(id: string, state: string, { Status, Statistics }: QueryExecution): ReportError {
  const reason = Status?.StateChangeReason ?? Status?.AthenaError?.ErrorMessage ?? 'Athena gives no reason';
  if (/bytes scanned limit/i.test(reason)) {
    return new ReportError(
      'cut-off',
      `the work group's cut-off stopped query ${id} after ${bytes(Statistics?.DataScannedInBytes ?? 0)}: it has no result`,
      {
        hint: 'Ask for a shorter period, one account or one region; fill the columnar copy (trailwatch archive compact); or raise queryCutoffGigabytes of the stage.',
      },
    );
  }
  if (state === 'CANCELLED') return new ReportError('cancelled', `query ${id} was cancelled on Athena: ${reason}`);
  return new ReportError('engine', `Athena: query ${id} failed: ${reason}`);
}

async function* pagesOf(
  client: AthenaClient,
  id: string,
  signal: AbortSignal,
  again: Retries,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  let token: string | undefined;
  do {
    if (signal.aborted) throw new ReportError('cancelled', 'stopped before the answer was complete');
    const page = await called('GetQueryResults', again, () =>
      client.send(
        new GetQueryResultsCommand({
          QueryExecutionId: id,
          MaxResults: 1000,
          ...(token !== undefined && { NextToken: token }),
        }),
      ),
    );
    const width = page.ResultSet?.ResultSetMetadata?.ColumnInfo?.length;
    yield (page.ResultSet?.Rows ?? []).map((row) => cellsOf(row, width));
    token = page.NextToken;
  } while (token !== undefined);
}

/** A null is a datum without a value; at a row's end Athena may leave it out altogether. */
function cellsOf({ Data = [] }: Row, width = Data.length): readonly Cell[] {
  return Array.from({ length: Math.max(width, Data.length) }, (_, index) => Data[index]?.VarCharValue ?? null);
}

async function* batchesOf(
  first: readonly (readonly Cell[])[],
  rest: AsyncGenerator<readonly (readonly Cell[])[]>,
): AsyncIterable<readonly (readonly Cell[])[]> {
  yield first;
  yield* rest;
}

function statisticsOf(
  id: string,
  { Statistics }: QueryExecution,
  { dollarsPerTerabyte }: AthenaOptions,
  { retries }: Retries,
): QueryStatistics {
  const bytesScanned = Statistics?.DataScannedInBytes ?? 0;
  const reused = Statistics?.ResultReuseInformation?.ReusedPreviousResult === true;
  return {
    executionId: id,
    bytesScanned,
    reused,
    cost: reused ? 0 : queryCost(bytesScanned, dollarsPerTerabyte),
    ...(retries > 0 && { retries }),
  };
}

/** Calls that the client tried again, because Athena was asked too much at once. */
interface Retries {
  retries: number;
}

/** Says which call Athena refused, and why; what trying again could mend, the client has tried again. */
async function called<T extends MetadataBearer>(operation: string, again: Retries, call: () => Promise<T>): Promise<T> {
  try {
    const output = await call();
    again.retries += (output.$metadata.attempts ?? 1) - 1;
    return output;
  } catch (cause) {
    const { name = 'Error', message = '' } = cause as { readonly name?: string; readonly message?: string };
    throw new ReportError('engine', `Athena: ${operation}: ${name}: ${message}`, { cause });
  }
}
