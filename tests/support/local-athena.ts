import type { ParameterValue } from '../../src/report/definition/parameter.ts';
import type { Cell, QueryEngine } from '../../src/report/run/query-engine.ts';
import { startHttpServer } from './http-server.ts';
import type { Answer } from './http-server.ts';

/** How the next queries go: as they should, or as they sometimes do. */
export type Mood = 'works' | 'works at once' | 'fails' | 'never ends' | 'exceeds the cut-off' | 'answers from before';

export interface LocalAthena {
  readonly url: string;
  /** Every call in order, with its input. */
  readonly calls: readonly { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  mood(mood: Mood): void;
  /** Queries end when they are first asked for, as none of Athena's does: for tests of what comes after. */
  hurry(hurried: boolean): void;
  /** Calls of the operation are refused, until another one is named. */
  refuse(operation?: string): void;
  /** The next calls are throttled. */
  throttle(times: number): void;
  clear(): void;
  close(): Promise<void>;
}

interface Execution {
  readonly input: Readonly<Record<string, unknown>>;
  polls: number;
  stopped: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly mood: Mood;
  /** What the engine said against the statement. */
  readonly fault?: string;
}

/** Rows of a page: few, so that every answer has several. */
const pageSize = 3;
const scanned = 123_456_789;

/** startLocalAthena speaks Athena's protocol (awsJson1.1) and answers with another engine's rows. */
export async function startLocalAthena(engine: QueryEngine): Promise<LocalAthena> {
  const calls: { operation: string; input: Readonly<Record<string, unknown>> }[] = [];
  const executions = new Map<string, Execution>();
  let mood: Mood = 'works';
  let polls = 0;
  let throttled = 0;
  let refused: string | undefined;

  const operations: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => Promise<Answer>>> = {
    async StartQueryExecution(input) {
      const values = ((input['ExecutionParameters'] as string[] | undefined) ?? []).map(valueOf);
      const sql = { text: String(input['QueryString']), names: values.map(() => 'x') };
      const id = `00000000-0000-4000-8000-${String(executions.size + 1).padStart(12, '0')}`;
      const rows: (readonly Cell[])[] = [];
      try {
        const answer = await engine.query({ sql, values }, { signal: new AbortController().signal });
        for await (const batch of answer.batches) rows.push(...batch);
        executions.set(id, { input, polls, stopped: false, columns: answer.columns, rows, mood });
      } catch (error) {
        // Athena takes every statement, and tells later what is wrong with it.
        executions.set(id, {
          input,
          polls,
          stopped: false,
          columns: [],
          rows,
          mood,
          fault: (error as Error).message,
        });
      }
      return json(200, { QueryExecutionId: id });
    },
    async GetQueryExecution(input) {
      const execution = executions.get(String(input['QueryExecutionId']));
      if (execution === undefined) return json(400, { __type: 'InvalidRequestException', message: 'no such query' });
      execution.polls++;
      return json(200, { QueryExecution: statusOf(execution) });
    },
    // The newest first, as Athena lists them.
    async ListQueryExecutions(input) {
      const ids = [...executions.keys()].toReversed();
      const from = Number(input['NextToken'] ?? 0);
      const next = from + Math.min(pageSize, Number(input['MaxResults'] ?? pageSize));
      return json(200, {
        QueryExecutionIds: ids.slice(from, next),
        ...(next < ids.length && { NextToken: String(next) }),
      });
    },
    async BatchGetQueryExecution(input) {
      const ids = input['QueryExecutionIds'] as readonly string[];
      const told = ids.flatMap((id) => {
        const execution = executions.get(id);
        return execution === undefined ? [] : [{ QueryExecutionId: id, ...historyOf(execution) }];
      });
      return json(200, { QueryExecutions: told });
    },
    async StopQueryExecution(input) {
      const execution = executions.get(String(input['QueryExecutionId']));
      if (execution !== undefined) execution.stopped = true;
      return json(200, {});
    },
    async GetQueryResults(input) {
      const execution = executions.get(String(input['QueryExecutionId']));
      if (execution === undefined) return json(400, { __type: 'InvalidRequestException', message: 'no such query' });
      const { columns, rows } = execution;
      const all = [columns, ...rows];
      const from = Number(input['NextToken'] ?? 0);
      const next = from + pageSize;
      return json(200, {
        ResultSet: {
          Rows: all.slice(from, next).map((row) => ({ Data: row.map(datumOf) })),
          ResultSetMetadata: { ColumnInfo: columns.map((name) => ({ Name: name, Type: 'varchar' })) },
        },
        ...(next < all.length && { NextToken: String(next) }),
      });
    },
  };

  const { url, close } = await startHttpServer(async ({ headers, body }) => {
    const operation = String(headers['x-amz-target']).replace('AmazonAthena.', '');
    const input = JSON.parse(body) as Readonly<Record<string, unknown>>;
    calls.push({ operation, input });
    if (throttled > 0) {
      throttled--;
      return json(400, { __type: 'TooManyRequestsException', message: 'Rate exceeded' });
    }
    if (operation === refused) return json(400, { __type: 'AccessDeniedException', message: 'not authorized' });
    return (await operations[operation]?.(input)) ?? json(400, { __type: 'UnknownOperationException' });
  });
  return {
    url,
    calls,
    close,
    mood: (next) => void (mood = next),
    hurry: (hurried) => void (polls = hurried ? 2 : 0),
    refuse: (operation) => void (refused = operation),
    throttle: (times) => void (throttled = times),
    clear: () => void calls.splice(0),
  };
}

/** Queued, then running with ever more bytes, then ended as the mood was. */
function statusOf({ polls, stopped, mood, fault }: Execution): unknown {
  const state = (State: string, DataScannedInBytes: number, StateChangeReason?: string): unknown => ({
    Status: { State, StateChangeReason },
    Statistics: {
      DataScannedInBytes,
      ...(mood === 'answers from before' && { ResultReuseInformation: { ReusedPreviousResult: true } }),
    },
  });
  if (stopped) return state('CANCELLED', 1, 'Query cancelled by user');
  if (mood === 'works at once' && fault === undefined) return state('SUCCEEDED', scanned);
  if (polls === 1) return state('QUEUED', 0);
  if (polls === 2 || mood === 'never ends') return state('RUNNING', polls * 1000);
  if (fault !== undefined) return state('FAILED', 0, fault);
  if (mood === 'fails') return state('FAILED', scanned, "TABLE_NOT_FOUND: line 3:6: Table 'cloudtrail' does not exist");
  if (mood === 'exceeds the cut-off') {
    return state('CANCELLED', scanned, 'Bytes scanned limit was exceeded');
  }
  return state('SUCCEEDED', mood === 'answers from before' ? 0 : scanned);
}

function historyOf(execution: Execution): object {
  const { Status, Statistics } = statusOf(execution) as { readonly Status: object; readonly Statistics: object };
  return {
    Query: execution.input['QueryString'],
    ExecutionParameters: execution.input['ExecutionParameters'],
    Status: { ...Status, SubmissionDateTime: 1_773_216_000 },
    Statistics: { ...Statistics, TotalExecutionTimeInMillis: 1500 },
  };
}

function datumOf(cell: Cell): { readonly VarCharValue?: string } {
  return cell === null ? {} : { VarCharValue: String(cell) };
}

/** Reads a literal back as Athena would: anything else than one literal is refused. */
function valueOf(literal: string): ParameterValue {
  if (/^'(?:[^']|'')*'$/.test(literal)) return { type: 'text', value: literal.slice(1, -1).replaceAll("''", "'") };
  if (/^-?\d+$/.test(literal)) return { type: 'integer', value: Number(literal) };
  if (literal === 'true' || literal === 'false') return { type: 'boolean', value: literal === 'true' };
  throw new Error(`no literal: ${literal}`);
}

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/x-amz-json-1.1' } };
}
