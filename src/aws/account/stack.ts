import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { Account, StackResource, Template } from '../../doctor/account.ts';
import type { Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

export function stackOf(options: ClientOptions, ask: Ask): Pick<Account, 'stack' | 'stackResources' | 'stackTemplate'> {
  const client = new CloudFormationClient(options);
  return {
    async stack(name) {
      try {
        const { Stacks = [] } = await ask('cloudformation:DescribeStacks', (signal) =>
          client.send(new DescribeStacksCommand({ StackName: name }), signal),
        );
        const [found] = Stacks;
        if (found === undefined) return undefined;
        const { Outputs = [], Tags = [] } = found;
        return {
          name,
          id: found.StackId ?? name,
          status: found.StackStatus ?? 'UNKNOWN',
          statusReason: found.StackStatusReason,
          changed: found.LastUpdatedTime ?? found.CreationTime,
          drift: found.DriftInformation?.StackDriftStatus ?? 'NOT_CHECKED',
          tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
          outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
        };
      } catch (error) {
        // CloudFormation has no error of its own for it.
        if (/does not exist/.test((error as Error).message)) return undefined;
        throw error;
      }
    },
    stackResources: (name) =>
      ask('cloudformation:ListStackResources', async () => {
        const all: StackResource[] = [];
        for await (const page of paginateListStackResources({ client }, { StackName: name })) {
          for (const one of page.StackResourceSummaries ?? []) {
            all.push({
              logicalId: one.LogicalResourceId ?? '',
              physicalId: one.PhysicalResourceId ?? '',
              type: one.ResourceType ?? '',
              status: one.ResourceStatus ?? '',
            });
          }
        }
        return all.filter(({ status }) => status !== 'DELETE_COMPLETE');
      }),
    async stackTemplate(name) {
      const { TemplateBody = '{}' } = await ask('cloudformation:GetTemplate', (signal) =>
        client.send(new GetTemplateCommand({ StackName: name }), signal),
      );
      return (JSON.parse(TemplateBody) as { readonly Resources?: Template }).Resources ?? {};
    },
  };
}
