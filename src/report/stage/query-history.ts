/** PastQuery is one query that an engine's history tells of. */
export interface PastQuery {
  /** The report that was asked; undefined: somebody's own query. */
  readonly report?: string;
  /** The engine's own name for it. */
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
  /** As they were given beside the query, literal by literal. */
  readonly parameters: readonly string[];
  /** Why it did not succeed. */
  readonly reason?: string;
}

/** QueryHistory tells what was asked, the newest first. */
export interface QueryHistory {
  list(most: number): Promise<readonly PastQuery[]>;
}

const title = '-- trailwatch report: ';

/** queryTitle is the comment that a report's query begins with, by which a history knows it. */
export function queryTitle(report: string): string {
  return `${title}${report}`;
}

/** reportOf names the report that a query was asked for, undefined when it is none of ours. */
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
