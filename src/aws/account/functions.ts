import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Account } from '../../doctor/account.ts';
import { orNothing, type Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

export function functionsOf(
  options: ClientOptions,
  ask: Ask,
): Pick<
  Account,
  'lambdaConcurrency' | 'lambdaFunction' | 'reservedConcurrency' | 'eventSources' | 'quota' | 'stateTable'
> {
  const lambda = new LambdaClient(options);
  const quotas = new ServiceQuotasClient(options);
  const dynamodb = new DynamoDBClient(options);

  return {
    async lambdaConcurrency() {
      const { AccountLimit } = await ask('lambda:GetAccountSettings', (signal) =>
        lambda.send(new GetAccountSettingsCommand({}), signal),
      );
      return {
        limit: AccountLimit?.ConcurrentExecutions ?? 0,
        unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
      };
    },
    async lambdaFunction(name) {
      const asked = ask('lambda:GetFunctionConfiguration', (signal) =>
        lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }), signal),
      );
      const found = await orNothing(asked, 'ResourceNotFoundException');
      return found && { state: found.State ?? 'Active', reason: found.StateReason };
    },
    async reservedConcurrency(name) {
      const asked = ask('lambda:GetFunctionConcurrency', (signal) =>
        lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name }), signal),
      );
      return (await orNothing(asked, 'ResourceNotFoundException'))?.ReservedConcurrentExecutions;
    },
    async eventSources(functionName) {
      const asked = ask('lambda:ListEventSourceMappings', (signal) =>
        lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }), signal),
      );
      const { EventSourceMappings = [] } = (await orNothing(asked, 'ResourceNotFoundException')) ?? {};
      return EventSourceMappings.map(({ UUID = '', EventSourceArn = '', State = '' }) => ({
        id: UUID,
        source: EventSourceArn,
        state: State,
      }));
    },
    async quota(service, code) {
      const asked = ask('servicequotas:GetServiceQuota', (signal) =>
        quotas.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }), signal),
      );
      return (await orNothing(asked, 'NoSuchResourceException'))?.Quota?.Value;
    },
    async stateTable(name) {
      const [described, expiry] = await Promise.all(
        [
          ask('dynamodb:DescribeTable', (signal) =>
            dynamodb.send(new DescribeTableCommand({ TableName: name }), signal),
          ),
          ask('dynamodb:DescribeTimeToLive', (signal) =>
            dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }), signal),
          ),
        ].map((asked) => orNothing<object>(asked, 'ResourceNotFoundException')),
      );
      if (described === undefined) return undefined;
      const { Table } = described as { readonly Table?: { readonly TableStatus?: string } };
      const { TimeToLiveDescription } = (expiry ?? {}) as {
        readonly TimeToLiveDescription?: { readonly TimeToLiveStatus?: string };
      };
      return {
        status: Table?.TableStatus ?? 'UNKNOWN',
        expires: ['ENABLED', 'ENABLING'].includes(TimeToLiveDescription?.TimeToLiveStatus ?? ''),
      };
    },
  };
}
