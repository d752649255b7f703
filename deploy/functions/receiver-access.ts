import { receiverNeeds, secretNeeds } from '../../src/notify/index.ts';
import { allow, arn, sub, type Statement } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

type Need = ReturnType<typeof receiverNeeds>[number];

/**
 * receiverAccess gives the statements for a function that sends to the receivers of the stage's configuration, in addition to what
 * the stage brings along. Which receiver needs what stands with its kind, in src/notify/receivers/receiver-table.ts.
 */
export function receiverAccess({
  configuration,
  params,
}: Pick<Stage, 'configuration' | 'params'>): readonly Statement[] {
  const { slackWebhookParameter: slack } = params;
  // The stage's own Slack has no options: its address is the stack's parameter.
  const needs = [
    ...receiverNeeds(configuration.receivers),
    ...(slack === undefined ? [] : secretNeeds(`ssm:${slack}`)),
  ];
  return Object.values(grants).flatMap((grant) => grant(needs));
}

/** Each kind of need is a row: the statements that allow it for the names that are needed, and no others. */
const grants: { readonly [Kind in Need['kind']]: (needs: readonly Need[]) => readonly Statement[] } = {
  publish: (needs) =>
    forNames(
      needs,
      'publish',
      ({ topicArn }) => topicArn,
      (topics) => [allow('SendToTopics', 'sns:Publish', topics)],
    ),
  'put-events': (needs) =>
    forNames(
      needs,
      'put-events',
      ({ busArn }) => busArn,
      (buses) => [allow('SendToBuses', 'events:PutEvents', buses)],
    ),
  'import-findings': (needs) =>
    forNames(
      needs,
      'import-findings',
      () => 'default',
      () => [
        allow(
          'ImportFindings',
          'securityhub:BatchImportFindings',
          arn('securityhub', 'product/${AWS::AccountId}/default'),
        ),
      ],
    ),
  parameter: (needs) =>
    forNames(
      needs,
      'parameter',
      ({ name }) => name,
      (names) => {
        const parameters = names.map((name) => arn('ssm', `parameter/${name.replace(/^\//, '')}`));
        return [
          allow('ReadParameters', 'ssm:GetParameter', parameters),
          decrypt('DecryptParameters', {
            StringEquals: { ...via('ssm'), 'kms:EncryptionContext:PARAMETER_ARN': parameters },
          }),
        ];
      },
    ),
  secret: (needs) =>
    forNames(
      needs,
      'secret',
      ({ name }) => name,
      (names) => {
        // Secrets Manager ends each ARN with a hyphen and six characters of its own.
        const secrets = names.map((name) => arn('secretsmanager', `secret:${name}-??????`));
        return [
          allow('ReadSecrets', 'secretsmanager:GetSecretValue', secrets),
          decrypt('DecryptSecrets', {
            StringEquals: via('secretsmanager'),
            StringLike: { 'kms:EncryptionContext:SecretARN': secrets },
          }),
        ];
      },
    ),
};

function forNames<Kind extends Need['kind']>(
  needs: readonly Need[],
  kind: Kind,
  nameOf: (need: Extract<Need, { readonly kind: Kind }>) => string,
  statements: (names: readonly string[]) => readonly Statement[],
): readonly Statement[] {
  const isOfKind = (need: Need): need is Extract<Need, { readonly kind: Kind }> => need.kind === kind;
  const names = [...new Set(needs.filter(isOfKind).map(nameOf))];
  return names.length > 0 ? statements(names) : [];
}

/** Any key that a secret is encrypted with, and nothing else that this key encrypts. */
function decrypt(sid: string, condition: NonNullable<Statement['Condition']>): Statement {
  return allow(sid, 'kms:Decrypt', arn('kms', 'key/*'), condition);
}

function via(service: string) {
  return { 'kms:ViaService': sub(`${service}.\${AWS::Region}.amazonaws.com`) };
}
