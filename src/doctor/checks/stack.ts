import type { Check } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';
import { deployCommand, remakeSteps, resourcesOf } from '../stage.ts';

export const stackState: Check = {
  name: 'stack',
  run({ stage }) {
    const { name, status, statusReason = 'no reason given', changed } = stage.stack;
    const events = command(
      'aws',
      'cloudformation',
      'describe-stack-events',
      '--stack-name',
      name,
      '--region',
      stage.region,
    );
    const failed = stage.resources.filter((resource) => resource.status.endsWith('_FAILED'));
    const when = changed === undefined ? '' : `, changed ${changed.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    if (status.endsWith('_IN_PROGRESS')) {
      return [warning(`${name} is being updated (${status}); run the doctor again when it is done`, events)];
    }
    if (status === 'UPDATE_ROLLBACK_COMPLETE') {
      return [warning(`${name}: the last deployment failed and was rolled back (${statusReason})`, events)];
    }
    if (status.endsWith('_FAILED') || status.startsWith('ROLLBACK')) {
      const which = failed.map(({ logicalId }) => logicalId).join(', ');
      return [broken(`${name} is ${status}: ${statusReason}${which === '' ? '' : `; failed: ${which}`}`, events)];
    }
    return [ok(`${name} is ${status}${when}, ${stage.resources.length} resources`)];
  },
};

export const drift: Check = {
  name: 'drift',
  run({ stage }) {
    const { name, drift: state } = stage.stack;
    const at = ['--stack-name', name, '--region', stage.region];
    if (state === 'DRIFTED') {
      const mend = command(
        'aws',
        'cloudformation',
        'describe-stack-resource-drifts',
        ...at,
        '--stack-resource-drift-status-filters',
        'MODIFIED',
        'DELETED',
      );
      return [warning('resources of the stack were changed outside of CloudFormation', mend)];
    }
    if (state === 'IN_SYNC') return [ok('no drift at the last check')];
    return [ok(`drift was never checked; to check: ${command('aws', 'cloudformation', 'detect-stack-drift', ...at)}`)];
  },
};

export const functions: Check = {
  name: 'functions',
  async run({ account, stage }) {
    const all = resourcesOf(stage, 'AWS::Lambda::Function').map(({ physicalId }) => physicalId);
    const looked = await Promise.all(
      all.map(async (name) => {
        const [found, reserved, sources] = await Promise.all([
          account.lambdaFunction(name),
          account.reservedConcurrency(name),
          account.eventSources(name),
        ]);
        return { name, found, off: reserved === 0, sources };
      }),
    );
    if (looked.length > 0 && looked.every(({ off }) => off)) {
      // The parameter `enabled=false` does this, and disables the event sources too.
      return [
        broken(
          'the stage is stopped: all its functions have a reserved concurrency of 0',
          deployCommand(stage, 'enabled=true'),
        ),
      ];
    }
    const wrong = looked.flatMap(({ name, found, off, sources }) => {
      if (found === undefined)
        return [broken(`function ${name} does not exist`, remakeSteps(stage, `the function ${name}`))];
      const { state: alive, reason = 'no reason given' } = found;
      if (alive === 'Failed') return [broken(`function ${name} is ${alive}: ${reason}`, deployCommand(stage))];
      const unread = sources.filter((source) => source.state === 'Disabled' || source.state === 'Disabling');
      return [
        ...(off
          ? [
              broken(
                `function ${name} is stopped: its reserved concurrency is 0`,
                command(
                  'aws',
                  'lambda',
                  'delete-function-concurrency',
                  '--function-name',
                  name,
                  '--region',
                  stage.region,
                ),
              ),
            ]
          : []),
        ...unread.map(({ id, source }) => {
          const queue = source.split(':').at(-1);
          const says = `function ${name} does not read ${queue}: its event source mapping is disabled`;
          return broken(
            says,
            command(
              'aws',
              'lambda',
              'update-event-source-mapping',
              '--uuid',
              id,
              '--enabled',
              '--region',
              stage.region,
            ),
          );
        }),
      ];
    });
    return wrong.length > 0 ? wrong : [ok(`${all.length} functions exist and can run`)];
  },
};

export const state: Check = {
  name: 'state',
  async run({ account, stage }) {
    const tables = resourcesOf(stage, 'AWS::DynamoDB::Table');
    return Promise.all(
      tables.map(async ({ physicalId: name }) => {
        const table = await account.stateTable(name);
        if (table === undefined)
          return broken(
            `table ${name} does not exist: findings can be neither correlated nor delivered`,
            remakeSteps(stage, `the table ${name}`),
          );
        if (table.status !== 'ACTIVE')
          return warning(`table ${name} is ${table.status}`, 'wait, then run the doctor again');
        if (!table.expires) {
          return warning(
            `items of table ${name} do not expire, so the table keeps growing`,
            command(
              'aws',
              'dynamodb',
              'update-time-to-live',
              '--table-name',
              name,
              '--time-to-live-specification',
              'Enabled=true,AttributeName=expires',
              '--region',
              stage.region,
            ),
          );
        }
        return ok(`table ${name} is ${table.status}, and its items expire`);
      }),
    );
  },
};
