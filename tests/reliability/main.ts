/**
 * Tries to lose findings in delivery, and to notify a receiver twice: `npm run reliability -- --help`. It exits with 1 when a promise
 * of docs/reliability.md is broken, with 2 for wrong usage.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compileStage } from '../../deploy/build/compile.ts';
import { loadSources } from '../../deploy/build/sources.ts';
import { runLoad } from './load.ts';
import { caughtBy, mutations } from './mutations.ts';
import { textOf, type Part } from './report.ts';
import { runsOf, type Run } from './runs.ts';
import { crowdProblems, runCrowd } from './wire-crowd.ts';
import { runAllFaults } from './wire-faults.ts';

const cores = availableParallelism();

/** Requests of the crash story's run, with some to spare: a death at a request that is never made changes nothing. */
const storyRequests = 140;

interface PartRow {
  readonly about: string;
  /** How long it takes on two cores without other work, roughly. */
  readonly takes: string;
  readonly run: (full: boolean) => Promise<Part>;
}

const parts = {
  schedules: {
    about: '200 days with random faults; state in memory, a clock of its own',
    takes: '1 min',
    run: async (full) =>
      ofRuns(
        'Random schedules, delivery’s own code, state in memory, clock of its own',
        await runsOf('schedules', { to: 200, findings: full ? 10_000 : 50 }, cores),
      ),
  },
  table: {
    about: '20 such days, with the state in a local DynamoDB table',
    takes: '15 min',
    run: async (full) =>
      ofRuns(
        'Random schedules, state in a local DynamoDB table: each request can fail',
        await runsOf('table', { to: full ? 100 : 20, findings: 50 }, cores),
      ),
  },
  deaths: {
    about: 'one story, its process killed before and after each request to the table',
    takes: '15 min',
    run: async () =>
      ofRuns(
        'One story, its process dead before and after each request to the table',
        await runsOf('deaths', { to: storyRequests }, cores),
      ),
  },
  wire: {
    about: 'the functions in processes of their own, a fault at each request of an invocation',
    takes: '5 min',
    run: runWire,
  },
  crowd: {
    about: 'eight processes deliver 200 findings of one group at once',
    takes: '1 min',
    run: runCrowdPart,
  },
  mutations: {
    about: 'ten mistakes made in a copy of the code, each to be caught by the schedules',
    takes: '1 min',
    run: runMutations,
  },
  load: { about: 'findings a second, latency and memory, over the wire and by itself', takes: '5 min', run: runLoad },
} satisfies Record<string, PartRow>;

const names = Object.keys(parts) as (keyof typeof parts)[];

const program = new Command('npm run reliability --')
  .description(
    'Tries to lose findings in delivery, and to notify a receiver twice. docs/reliability.md lists what must hold.',
  )
  .usage('[--only PART]… [--full] [--json]')
  .option(
    '--only <part>',
    'run this part only; may be repeated',
    (part: string, before: readonly string[] | undefined) => {
      if (names.some((name) => name === part)) return [...(before ?? []), part];
      throw new InvalidArgumentError(`expected one of ${names.join(', ')}`);
    },
  )
  .option('--full', '10,000 findings in each of the schedules, and 100 days with a table: some hours')
  .option('--json', 'print JSON, for a program')
  .helpOption('-h, --help', 'print this help')
  .addHelpText(
    'after',
    `
Parts, with the rough time of each on two cores without other work:
${names.map((name) => `  ${name.padEnd(9)}  ${parts[name].takes.padEnd(6)}  ${parts[name].about}`).join('\n')}

Exit code: 0 every promise holds, 1 a promise is broken, 2 wrong usage.

Examples:
  npm run reliability                                 all parts
  npm run reliability -- --only schedules             after a change of src/notify/delivery
  npm run reliability -- --only wire --only crowd     after a change of functions/ or src/aws/state-table
  npm run reliability -- --json > reliability.json    the figures of docs/reliability.md`,
  )
  .exitOverride();

try {
  program.parse();
} catch (error) {
  process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : 2);
}
const { only, full = false, json = false } = program.opts<{ only?: readonly string[]; full?: true; json?: true }>();

// The functions import it as #compiled-config.
const root = join(import.meta.dirname, '../..');
await compileStage({ root, stage: 'dev', sources: await loadSources(root, 'dev'), now: new Date() });

const done: Part[] = [];
for (const name of names.filter((each) => only?.includes(each) ?? true)) {
  process.stderr.write(`${name} …\n`);
  const started = performance.now();
  const part = { ...(await parts[name].run(full)), seconds: Math.round((performance.now() - started) / 1_000) };
  done.push(part);
  if (!json) process.stdout.write(textOf(part));
}
const problems = done.flatMap((part) => part.problems);
if (json) {
  const { version, platform, arch } = process;
  process.stdout.write(
    `${JSON.stringify({ node: version, platform: `${platform} ${arch}`, cores, parts: done }, null, 2)}\n`,
  );
} else {
  process.stdout.write(
    problems.length === 0
      ? 'No finding is lost, and none is sent twice without a fault.\n'
      : `${problems.length} broken promises.\n`,
  );
}
process.exit(problems.length === 0 ? 0 : 1);

function ofRuns(title: string, runs: readonly Run[]): Part {
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const faults = (kind: string): number => sum((run) => run.faults[kind] ?? 0);
  return {
    title,
    rows: [
      ['runs', runs.length],
      ['findings put in, with copies and additions', sum(({ sent }) => sent)],
      ['findings for each receiver, or muted', sum(({ into }) => into)],
      ['  notified', sum(({ notified }) => notified)],
      ['  suppressed, or routed to nobody', sum(({ kept }) => kept)],
      ['  among the dead letters at the end', sum(({ dead }) => dead)],
      ['  lost', sum(({ into, notified, kept, dead }) => into - notified - kept - dead)],
      ['calls that could fail', sum(({ calls }) => calls)],
      ['  refused, answer lost', `${count(faults('refused'))}, ${count(faults('lost'))}`],
      ['  copies killed before a call, after it', `${count(faults('crash-before'))}, ${count(faults('crash-after'))}`],
      ['dead letters sent again', sum(({ replayed }) => replayed)],
      ['sent once more, after a fault between send and record', sum(({ repeats }) => repeats)],
      ['  the most of one run', Math.max(0, ...runs.map(({ repeats }) => repeats))],
    ],
    problems: runs.flatMap((run) => run.problems),
  };
}

async function runWire(): Promise<Part> {
  const all = await runAllFaults(({ fault, at, request, problems }) => {
    for (const problem of problems) process.stderr.write(`  ${fault} at ${at}, ${request}: ${problem}\n`);
  });
  const struck = all.filter((each) => each.struck > 0);
  const kinds = [...new Set(struck.map(({ fault }) => fault))];
  return {
    title: 'functions/deliver.ts and flush.ts in processes of their own; a fault at each request of one invocation',
    head: ['fault', 'runs', 'came again', 'sent once more', 'lost'],
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
      ['runs with more than two repeats', all.filter(({ repeats }) => repeats > 2).length],
    ],
    problems: all.flatMap(({ fault, at, request, problems }) =>
      problems.map((problem) => `${fault} at ${at}, ${request}: ${problem}`),
    ),
  };
}

async function runCrowdPart(): Promise<Part> {
  const crowd = await runCrowd({ processes: 8, each: 25 });
  return {
    title: `${crowd.processes} processes deliver ${crowd.findings} findings of one group at once, to one table`,
    head: ['receiver', 'notified at once', 'counts it got', 'on record'],
    table: crowd.receivers.map(({ receiver, atOnce, said, recorded }) => [receiver, atOnce, said.join(', '), recorded]),
    rows: [['messages that came again', crowd.cameAgain]],
    problems: crowdProblems(crowd),
  };
}

async function runMutations(): Promise<Part> {
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
