import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { shown } from '../../text/escape.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { replayDeadLetters } from './replay-dead-letters.ts';
import { readRequest, type ReplayCommandOptions } from './replay-options.ts';
import { replayRange } from './replay-range.ts';

/** replayStage does what was asked for; what AWS refuses, or can't be asked, is told in a line. */
export async function replayStage(options: ReplayCommandOptions, surroundings: Surroundings): Promise<ExitCode> {
  const request = readRequest(options, surroundings.now());
  const { regionOfEnvironment } = await import('../../aws/account/account.ts');
  const region = options.region ?? (await regionOfEnvironment());
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError(`--region ${region}: no region, such as eu-central-1`);
  const { stage } = options;
  try {
    return request.kind === 'archive'
      ? await replayRange({ ...request, stage, region }, surroundings)
      : await replayDeadLetters({ ...request, stage, region }, surroundings);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { message, name } = error as Error;
    const hint =
      name === 'CredentialsProviderError' ? 'Sign in first (aws sso login), or name a profile in AWS_PROFILE.\n' : '';
    await surroundings.err.write(`trailwatch: not done, in ${region}: ${name}: ${shown(message, 500)}\n${hint}`);
    return exitCode.checkFailed;
  }
}
