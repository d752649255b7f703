import { Command, CommanderError } from 'commander';
import { archiveCommand } from './archive/command.ts';
import { baselineCommand } from './baseline/command.ts';
import { costCommand } from './cost/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { exitCode, UsageError } from './shell/exit.ts';
import { plain } from '../text/escape.ts';
import { replayCommand } from './replay/command.ts';
import { reportCommand } from './report/command.ts';
import { routeCommand } from './route/command.ts';
import { ruleCommand } from './rule/command.ts';
import { runCommand } from './run/command.ts';
import { scanCommand } from './scan/command.ts';
import { createOutput } from './shell/terminal.ts';
import type { Surroundings } from './shell/terminal.ts';
import { verifyCommand } from './verify/command.ts';
import { version } from './shell/version.ts';

/** main is the outermost function of the command line: only it prints errors and sets the exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const stopping = new AbortController();
  listenForEnd(process, stopping);
  const surroundings: Surroundings = {
    out: createOutput(process.stdout, process.env),
    err: createOutput(process.stderr, process.env),
    stdin: process.stdin,
    cwd: process.cwd(),
    now: () => new Date(),
    stop: stopping.signal,
  };
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
  // An abandoned read may still be under way, and would keep the process alive.
  if (stopping.signal.aborted) process.stdout.write('', () => process.exit());
}

/** runCommandLine does what the arguments ask for and returns the exit code. It never throws. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { err, stop } = surroundings;
  let code: number = exitCode.done;
  const program = createProgram(surroundings, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    code = await printError(error, err, nameIn(program, args));
  }
  return stop.aborted && typeof stop.reason === 'number' ? stop.reason : code;
}

function createProgram(surroundings: Surroundings, end: (code: number) => void): Command {
  const { out, err } = surroundings;
  const program = new Command('trailwatch')
    .description('Audit pipeline for AWS: CloudTrail and host logs in, actionable alerts and reports out.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
      // Errors are printed once, where they are caught.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(out.width, 110),
      getErrHelpWidth: () => Math.min(err.width, 110),
      getOutHasColors: () => out.colors.isColorSupported,
      getErrHasColors: () => err.colors.isColorSupported,
    })
    .exitOverride()
    .addHelpText('after', programHelp);
  runCommand(program, surroundings, end);
  scanCommand(program, surroundings, end);
  ruleCommand(program, surroundings, end);
  routeCommand(program, surroundings, end);
  verifyCommand(program, surroundings, end);
  archiveCommand(program, surroundings, end);
  reportCommand(program, surroundings, end);
  replayCommand(program, surroundings, end);
  doctorCommand(program, surroundings, end);
  baselineCommand(program, surroundings, end);
  costCommand(program, surroundings, end);
  return program;
}

const programHelp = `
PATH is a file or a folder (read recursively) of CloudTrail files (.json, .json.gz), JSON lines, bare arrays,
EventBridge events, CloudWatch Logs exports and payloads, or syslog text; - is standard input.

Examples:
  trailwatch run                                     the sample archive that comes with Trailwatch
  trailwatch run AWSLogs/ --from 7d                  the last seven days of a trail that was synced from S3
  trailwatch scan AWSLogs/ --level high --fail-on critical
  aws s3 cp s3://my-trail/AWSLogs/…/x.json.gz - | trailwatch scan -
  trailwatch scan AWSLogs/ --format ndjson | jq -r .rule.title | sort | uniq -c
  trailwatch doctor --stage prod                     the problems of a deployed stage, with their fixes

Exit codes:
  0  done
  1  a check failed (--fail-on, a rule's test, a verification, the doctor), or AWS refused a request
  2  wrong usage, or a path that does not exist
  3  done, but some input could not be read; each part is listed with its reason
  70 internal error (please report), or a failure to write output; 130 stopped by Ctrl-C, 143 by SIGTERM
`;

/** The name of the command that the arguments select: `trailwatch rule test`. */
function nameIn(program: Command, args: readonly string[]): string {
  const names = [program.name()];
  let commands = program.commands;
  for (const arg of args) {
    const named = commands.find((command) => command.name() === arg);
    if (named === undefined) break;
    names.push(arg);
    commands = named.commands;
  }
  return names.join(' ');
}

async function printError(error: unknown, err: Surroundings['err'], command: string): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.done;
    // Commander prints help itself when no command was given.
    if (error.code !== 'commander.help') {
      // An argument may be a file name that another person chose.
      const lines = error.message
        .replace(/^error: /, '')
        .split('\n')
        .map(plain);
      await err.write(`trailwatch: ${lines.join('\n')}\nTry \`${command} --help\`.\n`);
    }
    return exitCode.usage;
  }
  if (error instanceof UsageError) {
    await err.write(`trailwatch: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return exitCode.usage;
  }
  await err.write(
    `trailwatch: internal error (please report): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCode.fault;
}

// One key press can arrive twice, from the terminal and forwarded by npm or by the wrapper.
const samePressMs = 300;

function listenForEnd(process: NodeJS.Process, stopping: AbortController): void {
  let stoppedAt = 0;
  const stopBy = (code: number) => (): void => {
    if (!stopping.signal.aborted) {
      stoppedAt = Date.now();
      stopping.abort(code);
    } else if (Date.now() - stoppedAt > samePressMs) {
      process.exit(code);
    }
  };
  process.on('SIGINT', stopBy(exitCode.interrupted));
  process.on('SIGTERM', stopBy(exitCode.terminated));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of the pipe (`| head`) has closed it: this is not an error.
    if (error.code === 'EPIPE') stopping.abort(exitCode.done);
    else {
      process.stderr.write(`trailwatch: stdout: ${error.message}\n`);
      stopping.abort(exitCode.fault);
    }
  });
  process.stderr.on('error', () => undefined);
}
