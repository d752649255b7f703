import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { shown } from '../../text/escape.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { replayDeadLetters } from './replay-dead-letters.ts';
import { readRequest, type ReplayCommandOptions } from './replay-options.ts';
import { replayRange } from './replay-range.ts';
import { checkRegion } from '../stage/stage-names.ts';

/** replayStage runs the request; an error from AWS, or a failure to reach AWS, is one line on stderr. */
export async function replayStage(options: ReplayCommandOptions, surroundings: Surroundings): Promise<ExitCode> {
  const request = readRequest(options, surroundings.now());
  const { regionOfEnvironment } = await import('../../aws/account/account.ts');
  const region = options.region ?? (await regionOfEnvironment());
  checkRegion(region);
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
    await surroundings.err.write(
      `trailwatch: nothing was replayed in ${region}: ${name}: ${shown(message, 500)}\n${hint}`,
    );
    return exitCode.checkFailed;
  }
}
