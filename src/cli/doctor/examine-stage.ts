import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Configuration } from '../../config/configuration.ts';
import type { Machine } from '../../doctor/check.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { checks } from '../../doctor/checks/index.ts';
import type { CheckResult, State } from '../../doctor/result.ts';
import { doctorJson, doctorTable } from './doctor-text.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { projectPath } from '../shell/options.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { sendTests as Sends } from './send-tests.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';

/** DoctorOptions are the flags of `trailwatch doctor`. */
export interface DoctorOptions {
  readonly stage: string;
  readonly region?: string;
  readonly format: 'table' | 'json';
  readonly strict: boolean;
  readonly send: boolean;
}

type Send = typeof Sends;

const patienceMs = 20_000;

/** examineStage looks at a deployed stage, tells what it found, and sends test messages where it was asked to. */
export async function examineStage(options: DoctorOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { stage, format, strict, send } = options;
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(stage)) throw new UsageError(`--stage ${stage}: no name of a stage, such as prod`);
  const { out, err, now, stop } = surroundings;
  const { createAccount, regionOfEnvironment } = await import('../../aws/account/account.ts');
  const region = options.region ?? (await regionOfEnvironment());
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region ${region}: no region, such as eu-central-1`);

  const configuration = await configurationOf(stage, surroundings.cwd);
  if (err.interactive) await err.write(`looking at trailwatch-${stage} in ${region} …`);
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  const found = await diagnose(createAccount({ region, signal, now }), {
    stage,
    checks,
    machine: machineOf(configuration),
    now,
    patienceMs,
    signal,
  });
  // What was given up may still be under way, and nobody waits for it.
  ending.abort();
  if (err.interactive) await err.write('\r\u001b[K');

  const sent = send && found.stage !== undefined ? await sendTests(found.stage, configuration, now, stop) : [];
  const diagnosis = { stage, region, results: [...found.results, ...sent] };
  await out.write(format === 'json' ? doctorJson(diagnosis) : doctorTable(diagnosis, out.colors));
  return exitCodeOf(diagnosis.results, strict);
}

/** A stage without a file of its own has what every stage has. */
async function configurationOf(stage: string, cwd: string): Promise<Configuration> {
  const own = projectPath(`config/${stage}.yml`);
  return readConfiguration(existsSync(own) ? [own] : [], cwd);
}

function machineOf({ receivers }: Configuration): Machine {
  return {
    node: process.version,
    version: version(),
    receivers,
    async fetch(address, signal) {
      const { body } = await fetch(address, { signal, redirect: 'manual' });
      await body?.cancel();
    },
  };
}

async function sendTests(...args: Parameters<Send>): ReturnType<Send> {
  const { sendTests: send } = await import('./send-tests.ts');
  return send(...args);
}

function exitCodeOf(results: readonly CheckResult[], strict: boolean): ExitCode {
  const some = (state: State): boolean => results.some((result) => result.state === state);
  if (some('broken') || (strict && some('warning'))) return exitCode.checkFailed;
  return some('unknown') ? exitCode.someUnread : exitCode.done;
}
