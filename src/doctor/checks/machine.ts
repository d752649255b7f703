import type { Check } from '../check.ts';
import { broken, command, ok, unknown, warning } from '../result.ts';
import { deployCommand, partitionOf } from '../stage.ts';

/** AWS refuses signatures that are further off. https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const refusedMs = 5 * 60_000;
const noticedMs = 30_000;
const oldestNode = [20, 19] as const;

export const clock: Check = {
  name: 'clock',
  withoutStage: true,
  run({ account }) {
    const ahead = account.clockAhead();
    if (ahead === undefined) return [unknown('the clock could not be checked: no response from AWS has a date')];
    const off = `this machine's clock is ${Math.abs(Math.round(ahead / 1000))} s ${ahead < 0 ? 'behind' : 'ahead of'} AWS time`;
    const mend = 'sudo timedatectl set-ntp true';
    if (Math.abs(ahead) >= refusedMs) return [broken(`${off}: AWS refuses signed requests`, mend)];
    return [Math.abs(ahead) >= noticedMs ? warning(off, mend) : ok(off)];
  },
};

export const node: Check = {
  name: 'node',
  withoutStage: true,
  run({ machine }) {
    const [major = 0, minor = 0] = machine.node.replace(/^v/, '').split('.').map(Number);
    const [wantedMajor, wantedMinor] = oldestNode;
    const recent = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
    if (recent) return [ok(`Node.js ${machine.node}`)];
    return [
      broken(
        `Node.js ${machine.node} is too old: expected ${oldestNode.join('.')} or newer`,
        'npm ci   # installs the Node.js of the project',
      ),
    ];
  },
};

/** IAM, STS, CloudFront and Route 53 send their calls to EventBridge in one region only. */
const globalRegion = 'us-east-1';

export const region: Check = {
  name: 'region',
  withoutStage: true,
  async run({ account, stage }) {
    if (stage.region === globalRegion)
      return [ok(`${stage.region}, the region in which EventBridge receives IAM's calls`)];
    const bus = `arn:${partitionOf(stage.region)}:events:${stage.region}:${stage.account}:event-bus/default`;
    const forwarding = await account.forwardingRules(globalRegion, bus);
    const [rule] = forwarding;
    if (rule !== undefined) return [ok(`${rule} in ${globalRegion} forwards IAM's calls to ${stage.region}`)];
    return [
      warning(
        `EventBridge receives calls of IAM and other global services in ${globalRegion} only, and no rule there forwards them to ${stage.region}: their alerts wait for the trail's file, which arrives some minutes later`,
        command(
          'aws',
          'cloudformation',
          'deploy',
          '--template-file',
          'deploy/forwarding/region.yml',
          '--stack-name',
          `${stage.stack.name}-forwarding`,
          '--region',
          globalRegion,
          '--capabilities',
          'CAPABILITY_NAMED_IAM',
          '--parameter-overrides',
          `HomeBusArn=${bus}`,
          `Prefix=${stage.stack.name}`,
        ),
      ),
    ];
  },
};

export const version: Check = {
  name: 'version',
  run({ stage, machine }) {
    const deployed = stage.stack.tags['version'];
    if (deployed === undefined) {
      return [warning(`the stack has no version tag; this checkout is ${machine.version}`, deployCommand(stage))];
    }
    if (deployed === machine.version) return [ok(`version ${deployed}, the same as this checkout`)];
    return [warning(`version ${deployed} is deployed, but this checkout is ${machine.version}`, deployCommand(stage))];
  },
};
