// Runs the schedules of the command line, and writes each result as a line of JSON: `node run.ts schedules FROM TO FINDINGS`,
// `node run.ts table FROM TO FINDINGS`, `node run.ts deaths FROM TO` (the requests of the story at which a copy dies).
import { crashStory, dieAt } from './crash-story.ts';
import { problemsOf, runSchedule, type ScheduleOptions, type ScheduleResult } from './schedule.ts';
import { openTableState } from './table-state.ts';

const [what, ...given] = process.argv.slice(2);
const [from = 1, to = 1, findings = 50] = given.map(Number);

/** The clock starts anew in each run: a table that one run used would hold its findings as known. */
async function inTable(options: Omit<ScheduleOptions, 'state'>): Promise<ScheduleResult> {
  const { state, close } = await openTableState();
  try {
    return await runSchedule({ ...options, state });
  } finally {
    await close();
  }
}

async function resultsOf(number: number): Promise<readonly ScheduleResult[]> {
  switch (what ?? '') {
    case 'schedules':
      return [await runSchedule({ seed: number, findings })];
    case 'table':
      return [await inTable({ seed: number, findings, times: { heal: 1, replay: 6, end: 14 } })];
    case 'deaths': {
      const calm = { seed: 1, findings: crashStory, outages: false, copies: 1, replays: false } as const;
      const times = { heal: 0.1, replay: 1, end: 5 };
      const at = (after: boolean) => inTable({ ...calm, times, planner: dieAt(number, after) });
      return [await at(false), await at(true)];
    }
    default:
      throw new Error(`expected schedules, table or deaths, got ${what ?? 'nothing'}`);
  }
}

for (let number = from; number <= to; number += 1) {
  for (const result of await resultsOf(number)) {
    const { lost: _lost, wrong: _wrong, violations: _violations, ...counts } = result;
    process.stdout.write(`${JSON.stringify({ ...counts, number, problems: problemsOf(result) })}\n`);
  }
}
process.exit(0);
