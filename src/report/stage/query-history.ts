/** PastQuery is one query of an engine's history. */
export interface PastQuery {
  /** The report's name; undefined for other queries. */
  readonly report?: string;
  /** The engine's id of the query. */
  readonly executionId: string;
  /** In the engine's words: `SUCCEEDED`, `FAILED`, `RUNNING`. */
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly submittedAt: string;
  readonly elapsedMs: number;
  readonly bytesScanned: number;
  /** In US dollars. */
  readonly cost: number;
  readonly reused: boolean;
  /** The query's execution parameters, as literals. */
  readonly parameters: readonly string[];
  /** Why it did not succeed. */
  readonly reason?: string;
}

/** QueryHistory lists past queries, newest first. */
export interface QueryHistory {
  list(most: number): Promise<readonly PastQuery[]>;
}

const title = '-- trailwatch report: ';

/** queryTitle is the comment at the start of a report's query, which identifies it in the history. */
export function queryTitle(report: string): string {
  return `${title}${report}`;
}

/** reportOf reads the report's name from a query; undefined when the query is not a report's. */
export function reportOf(query: string): string | undefined {
  const [line = ''] = query.split('\n', 1);
  return /^-- trailwatch report: ([a-z0-9-]{1,100})$/.exec(line)?.[1];
}

const leastBilled = 10 * 1024 ** 2;
const terabyte = 1024 ** 4;

/** queryCost is what Athena charges for a query, in US dollars. https://aws.amazon.com/athena/pricing/ */
export function queryCost(bytesScanned: number, dollarsPerTerabyte = 5): number {
  return (Math.max(bytesScanned, leastBilled) / terabyte) * dollarsPerTerabyte;
}
