import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Configuration } from '../../config/configuration.ts';
import type { Machine } from '../../doctor/check.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { checks } from '../../doctor/checks/index.ts';
import type { CheckResult, State } from '../../doctor/result.ts';
import { doctorJson, doctorTable } from './doctor-text.ts';
import { exitCode } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { projectPath } from '../shell/options.ts';
import { readConfiguration } from '../shell/read-configuration.ts';
import type { sendTests as Sends } from './send-tests.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';
import { checkRegion, checkStage } from '../stage/stage-names.ts';

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

/** examineStage checks a deployed stage, prints the results, and with --send sends test messages. */
export async function examineStage(options: DoctorOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { stage, format, strict, send } = options;
  checkStage(stage);
  const { out, err, now, stop } = surroundings;
  const { createAccount, regionOfEnvironment } = await import('../../aws/account/account.ts');
  const region = options.region ?? (await regionOfEnvironment());
  checkRegion(region);

  const configuration = await configurationOf(stage, surroundings.cwd);
  if (err.interactive) await err.write(`checking trailwatch-${stage} in ${region} …`);
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
  // A check that timed out may still be running; its result is not needed.
  ending.abort();
  if (err.interactive) await err.write('\r\u001b[K');

  const sent = send && found.stage !== undefined ? await sendTests(found.stage, configuration, now, stop) : [];
  const diagnosis = { stage, region, results: [...found.results, ...sent] };
  await out.write(format === 'json' ? doctorJson(diagnosis) : doctorTable(diagnosis, out.colors));
  return exitCodeOf(diagnosis.results, strict);
}

/** A stage without a configuration file of its own has the default one. */
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
