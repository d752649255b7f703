import type { Provider } from '../serverless.ts';
import { remains, type DeployedResource } from './remains.ts';
import type { Template } from './complete.ts';

/**
 * remainsOfStack asks CloudFormation what removing a deployed stack leaves, a line each.
 * @throws what CloudFormation answers, as for a stack that does not exist
 */
export async function remainsOfStack(provider: Provider): Promise<readonly string[]> {
  const StackName = provider.naming.getStackName();
  // Loaded here, since packaging asks AWS for nothing.
  const { CloudFormation, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormation(await provider.getAwsSdkV3Config());
  const { TemplateBody = '{"Resources":{}}' } = await client.getTemplate({ StackName });
  const deployed: DeployedResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    deployed.push(...(page.StackResourceSummaries ?? []));
  }
  return remains(JSON.parse(TemplateBody) as Template, deployed);
}
