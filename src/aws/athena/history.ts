import { BatchGetQueryExecutionCommand, paginateListQueryExecutions } from '@aws-sdk/client-athena';
import type { AthenaClient, QueryExecution } from '@aws-sdk/client-athena';
import { queryCost, reportOf } from '../../report/stage/query-history.ts';
import type { PastQuery, QueryHistory } from '../../report/stage/query-history.ts';

/** BatchGetQueryExecution takes so many at a time. https://docs.aws.amazon.com/athena/latest/APIReference/API_BatchGetQueryExecution.html */
const atOnce = 50;

/** createAthenaHistory reads a work group's history, which Athena keeps for 45 days: the queries of every caller. */
export function createAthenaHistory(client: AthenaClient, workGroup: string): QueryHistory {
  return {
    async list(most) {
      const past: PastQuery[] = [];
      const pages = paginateListQueryExecutions({ client, pageSize: atOnce }, { WorkGroup: workGroup });
      for await (const { QueryExecutionIds = [] } of pages) {
        const ids = QueryExecutionIds.slice(0, most - past.length);
        if (ids.length > 0) {
          const { QueryExecutions = [] } = await client.send(
            new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }),
          );
          past.push(...QueryExecutions.map(pastQuery));
        }
        if (past.length >= most) break;
      }
      return past.toSorted((a, b) => Date.parse(b.submittedAt) - Date.parse(a.submittedAt));
    },
  };
}

function pastQuery({
  QueryExecutionId,
  Query = '',
  Status,
  Statistics,
  ExecutionParameters,
}: QueryExecution): PastQuery {
  const report = reportOf(Query);
  const bytesScanned = Statistics?.DataScannedInBytes ?? 0;
  const reused = Statistics?.ResultReuseInformation?.ReusedPreviousResult === true;
  const { State = 'UNKNOWN', StateChangeReason, SubmissionDateTime } = Status ?? {};
  return {
    ...(report !== undefined && { report }),
    executionId: QueryExecutionId ?? '',
    state: State,
    submittedAt: SubmissionDateTime?.toISOString() ?? '',
    elapsedMs: Statistics?.TotalExecutionTimeInMillis ?? 0,
    bytesScanned,
    // What fails is not charged; what was cancelled is.
    cost: reused || bytesScanned === 0 || State === 'FAILED' ? 0 : queryCost(bytesScanned),
    reused,
    parameters: ExecutionParameters ?? [],
    ...(State !== 'SUCCEEDED' && StateChangeReason !== undefined && { reason: StateChangeReason }),
  };
}
