/**
 * Tries to lose findings, and to tell them twice: `npm run reliability`, `-- --full` for ten thousand findings in each schedule,
 * `-- --only wire --only load` for parts of it, `-- --json` for a machine. It exits with 1 when something must not be.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileStage } from '../../deploy/build/compile.ts';
import { loadSources } from '../../deploy/build/sources.ts';
import { runLoad } from './load.ts';
import { caughtBy, mutations } from './mutations.ts';
import { textOf, type Part } from './report.ts';
import { runsOf, type Run } from './runs.ts';
import { crowdProblems, runCrowd } from './wire-crowd.ts';
import { runAllFaults } from './wire-faults.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
});
const cores = availableParallelism();

/** Requests of the crash story's run, with some to spare: a death at one that is never made changes nothing. */
const storyRequests = 140;

const parts = {
  schedules: async () =>
    ofRuns(await runsOf('schedules', { to: 200, findings: values.full ? 10_000 : 50 }, cores), {
      title: 'Random schedules, delivery’s own code, state in memory, clock of its own',
    }),
  table: async () =>
    ofRuns(await runsOf('table', { to: values.full ? 100 : 20, findings: 50 }, cores), {
      title: 'Random schedules, state in a local DynamoDB table: each request can fail',
    }),
  deaths: async () =>
    ofRuns(await runsOf('deaths', { to: storyRequests }, cores), {
      title: 'One story, its process dead before and after each request to the table',
    }),
  wire: wirePart,
  crowd: crowdPart,
  mutations: mutationsPart,
  load: runLoad,
} satisfies Record<string, () => Promise<Part>>;

const names = Object.keys(parts) as (keyof typeof parts)[];
const unknown = (values.only ?? []).filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`--only ${unknown.join(', ')}: there are ${names.join(', ')}\n`);
  process.exit(2);
}
// The functions import it as #compiled-config.
const root = join(import.meta.dirname, '../..');
await compileStage({ root, stage: 'dev', sources: await loadSources(root, 'dev'), now: new Date() });

const done: Part[] = [];
for (const name of names.filter((each) => values.only?.includes(each) ?? true)) {
  process.stderr.write(`${name} …\n`);
  const started = performance.now();
  const part = { ...(await parts[name]()), seconds: Math.round((performance.now() - started) / 1_000) };
  done.push(part);
  if (!values.json) process.stdout.write(textOf(part));
}
const problems = done.flatMap((part) => part.problems);
if (values.json) {
  const { version, platform, arch } = process;
  process.stdout.write(
    `${JSON.stringify({ node: version, platform: `${platform} ${arch}`, cores, parts: done }, null, 2)}\n`,
  );
} else {
  process.stdout.write(problems.length === 0 ? 'Nothing is lost, nothing is told twice without a fault.\n' : '');
}
process.exit(problems.length === 0 ? 0 : 1);

function ofRuns(runs: readonly Run[], { title }: { readonly title: string }): Part {
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const faults = (kind: string): number => sum((run) => run.faults[kind] ?? 0);
  return {
    title,
    rows: [
      ['runs', runs.length],
      ['findings put in, with copies and additions', sum(({ sent }) => sent)],
      ['for receivers, or kept from them', sum(({ into }) => into)],
      ['  told', sum(({ notified }) => notified)],
      ['  suppressed, or routed to nobody', sum(({ kept }) => kept)],
      ['  among the dead letters at the end', sum(({ dead }) => dead)],
      ['  lost', sum(({ into, notified, kept, dead }) => into - notified - kept - dead)],
      ['calls that could fail', sum(({ calls }) => calls)],
      ['  refused, answer lost', `${count(faults('refused'))}, ${count(faults('lost'))}`],
      ['  copies killed before a call, after it', `${count(faults('crash-before'))}, ${count(faults('crash-after'))}`],
      ['dead letters sent again', sum(({ replayed }) => replayed)],
      ['told once more, a fault between send and record', sum(({ repeats }) => repeats)],
      ['  the most of one run', Math.max(0, ...runs.map(({ repeats }) => repeats))],
    ],
    problems: runs.flatMap((run) => run.problems),
  };
}

async function wirePart(): Promise<Part> {
  const all = await runAllFaults(({ fault, at, request, problems }) => {
    for (const problem of problems) process.stderr.write(`  ${fault} at ${at}, ${request}: ${problem}\n`);
  });
  const struck = all.filter((each) => each.struck > 0);
  const kinds = [...new Set(struck.map(({ fault }) => fault))];
  return {
    title: 'functions/deliver.ts and flush.ts in processes of their own; a fault at each request of one invocation',
    head: ['fault', 'runs', 'came again', 'told once more', 'lost'],
    table: kinds.map((kind) => {
      const own = struck.filter(({ fault }) => fault === kind);
      return [
        kind,
        own.length,
        own.filter(({ redelivered }) => redelivered).length,
        own.reduce((total, { repeats }) => total + repeats, 0),
        own.filter(({ problems }) => problems.some((problem) => problem.endsWith('lost'))).length,
      ];
    }),
    rows: [
      ['requests that were tried', new Set(struck.map(({ at }) => at)).size],
      ['runs in which a receiver was told more than once more', all.filter(({ repeats }) => repeats > 2).length],
    ],
    problems: all.flatMap(({ fault, at, request, problems }) =>
      problems.map((problem) => `${fault} at ${at}, ${request}: ${problem}`),
    ),
  };
}

async function crowdPart(): Promise<Part> {
  const crowd = await runCrowd({ processes: 8, each: 25 });
  return {
    title: `${crowd.processes} processes deliver ${crowd.findings} findings of one group at once, to one table`,
    head: ['receiver', 'told at once', 'counts it was told', 'on record'],
    table: crowd.receivers.map(({ receiver, atOnce, said, recorded }) => [receiver, atOnce, said.join(', '), recorded]),
    rows: [['messages that came again', crowd.cameAgain]],
    problems: crowdProblems(crowd),
  };
}

async function mutationsPart(): Promise<Part> {
  const queue = mutations.entries();
  const caught: (string | undefined)[] = [];
  const misplaced: string[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, mutation] of queue) {
      try {
        caught[index] = await caughtBy(mutation, 40);
      } catch (error) {
        misplaced.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: cores }, worker));
  return {
    title: 'Mistakes made in a copy of delivery’s code, each to be caught by the schedules',
    head: ['mistake', 'caught by'],
    table: mutations.map(({ name }, index) => [name, short(caught[index] ?? 'NOTHING')]),
    rows: [],
    problems: [
      ...misplaced,
      ...mutations.flatMap(({ name }, index) => (caught[index] === undefined ? [`nothing caught: ${name}`] : [])),
    ],
  };
}

function short(text: string): string {
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
