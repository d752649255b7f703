import type { Account, Identity } from './account.ts';
import type { Check, Machine, Patient } from './check.ts';
import { examine, failureOf } from './examine.ts';
import { broken, command, ok } from './result.ts';
import type { CheckResult, Result } from './result.ts';
import { deployCommand, stackNameOf } from './stage.ts';
import type { Stage } from './stage.ts';

export interface DiagnoseOptions {
  readonly stage: string;
  readonly machine: Machine;
  readonly checks: readonly Check[];
  readonly now: () => Date;
  /** How long one check may take, in ms. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** Diagnosis holds the results, and the stage if it could be opened. */
export interface Diagnosis {
  readonly results: readonly CheckResult[];
  readonly stage?: Stage;
}

/** diagnose checks credentials and stack first, because all other checks depend on them, then runs those in parallel. */
export async function diagnose(account: Account, options: DiagnoseOptions): Promise<Diagnosis> {
  const { stage: name, checks, machine, now, patienceMs, signal } = options;
  const { region } = account;
  const empty = emptyStage(name, region);
  const run = (wanted: readonly Check[], identity: Identity, stage: Stage): Promise<readonly CheckResult[]> => {
    const patient: Patient = { account, identity, stage, now: now(), machine };
    return examine(patient, { checks: wanted, patienceMs, signal });
  };

  let identity: Identity;
  try {
    identity = await account.identity();
  } catch (error) {
    const nobody = { account: '', arn: '' };
    const local = checks.filter((check) => check.name === 'node' || check.name === 'clock');
    return {
      results: [{ check: 'credentials', ...credentialsOf(error, region) }, ...(await run(local, nobody, empty))],
    };
  }
  const who: CheckResult = { check: 'credentials', ...ok(`${identity.arn}, in account ${identity.account}`) };

  const stage = await openStage(account, identity, name);
  if ('failed' in stage) {
    const possible = checks.filter(({ withoutStage }) => withoutStage);
    const rest = await run(possible, identity, { ...empty, account: identity.account });
    return { results: [who, { check: 'stack', ...stage.failed }, ...rest] };
  }
  return { results: [who, ...(await run(checks, identity, stage))], stage };
}

async function openStage(
  account: Account,
  identity: Identity,
  name: string,
): Promise<Stage | { readonly failed: Result }> {
  const { region } = account;
  const stackName = stackNameOf(name);
  try {
    const stack = await account.stack(stackName);
    if (stack === undefined) {
      const says = `no stack ${stackName} in account ${identity.account}, ${region}: the stage ${name} is not deployed here`;
      return { failed: broken(says, deployCommand({ name, region }, 'trailBucket=my-trail-bucket')) };
    }
    const [resources, template] = await Promise.all([
      account.stackResources(stackName),
      account.stackTemplate(stackName),
    ]);
    return { name, region, account: identity.account, stack, resources, template };
  } catch (error) {
    return { failed: failureOf(error) };
  }
}

function credentialsOf(error: unknown, region: string): Result {
  const { name, message } = error as Error;
  const says = `cannot sign in to AWS: ${name}: ${message}`;
  const mend = command('aws', 'sts', 'get-caller-identity', '--region', region);
  return broken(says, `aws sso login   # or your own way to sign in; then ${mend}`);
}

function emptyStage(name: string, region: string): Stage {
  const stack = { name: stackNameOf(name), id: '', status: '', drift: '', tags: {}, outputs: {} };
  return { name, region, account: '', stack, resources: [], template: {} };
}
