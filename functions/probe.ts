import configuration from '#compiled-config';
import { probeAll } from '../src/probe/probe.ts';
import { runOf } from '../src/probe/run.ts';
import { network } from '../src/probe/network.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { createDetection } from '../src/app/detection.ts';

const { examine, instruments } = await createDetection('probe');

/** handler checks every configured endpoint when its schedule says so, and runs the rules over what it saw. */
export const handler = instrument(async (event: unknown) => {
  await examine(await probeAll(configuration.probes, runOf(event), network));
}, instruments);
