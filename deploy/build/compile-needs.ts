/**
 * Writes what the receivers of a stage must be allowed to use, as a module for deploy/resources/receiver-access.cjs:
 *
 *     node deploy/build/compile-needs.ts --stage STAGE --out FILE [--slack-webhook-parameter NAME]
 */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../src/config/load-configuration.ts';
import { receiverNeeds, secretNeeds } from '../../src/notify/index.ts';
import { stageConfiguration } from './compile-config.ts';
import { dataModule, writeWhole } from './data-module.ts';

const { values } = parseArgs({
  options: { stage: { type: 'string' }, out: { type: 'string' }, 'slack-webhook-parameter': { type: 'string' } },
});
const { stage = 'dev', out, 'slack-webhook-parameter': parameter = '' } = values;
if (out === undefined) throw new Error('compile-needs: name the module to write: --out FILE');
try {
  const { receivers } = await stageConfiguration(stage);
  // The stage's own Slack has no options: its address is the stack's parameter.
  const needs = [...receiverNeeds(receivers), ...(parameter === '' ? [] : secretNeeds(`ssm:${parameter}`))];
  await writeWhole(out, dataModule(needs, 'Written by deploy/build/compile-needs.ts; edit config/*.yml instead.'));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
