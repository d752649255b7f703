import { attribute, type Intrinsic, type Text } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';
import { namesOf } from './row.ts';
import { functionRows } from './rows.ts';

/** FunctionDefinition is a function as serverless.yml has it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly description: string;
  readonly handler: string;
  readonly role: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly ephemeralStorageSize?: number;
  readonly maximumRetryAttempts?: number;
  readonly onError?: Intrinsic;
  readonly environment: Readonly<Record<string, Text>>;
  readonly events?: readonly object[];
}

/** functionDefinitions gives the section `functions` of serverless.yml. */
export function functionDefinitions(stage: Stage): Readonly<Record<string, FunctionDefinition>> {
  return Object.fromEntries(
    Object.entries(functionRows).map(([key, row]) => {
      const { id, name } = namesOf(key);
      const { source } = row;
      return [
        key,
        {
          name: `${stage.prefix}-${name}`,
          description: row.does,
          handler: `functions/${name}.handler`,
          role: `${id}Role`,
          memorySize: row.memoryMb,
          timeout: row.timeoutSeconds,
          ...(row.diskMb !== undefined && { ephemeralStorageSize: row.diskMb }),
          ...(row.retries !== undefined && { maximumRetryAttempts: row.retries }),
          // Nobody waits for the answer of an asynchronous call: what fails is kept.
          ...((source.kind === 'rules' || source.kind === 'subscriptions') && {
            onError: attribute(`${id}DeadLetters`),
          }),
          environment: row.environment(stage),
          ...(source.kind === 'queue' && {
            events: [
              {
                sqs: {
                  arn: attribute(`${id}Queue`),
                  batchSize: 10,
                  functionResponseType: 'ReportBatchItemFailures',
                  maximumConcurrency: stage.params.queueConcurrency,
                },
              },
            ],
          }),
        },
      ];
    }),
  );
}
