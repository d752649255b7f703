import type { Provider } from '../serverless.ts';
import { ofType } from './read-template.ts';
import { remains, type DeployedResource } from './remains.ts';
import type { Template } from './complete.ts';

/** Removal is what `serverless remove` does to a deployed stack. */
export interface Removal {
  /** What stays, a line each. */
  readonly stays: readonly string[];
  /** Tables that are protected from deletion: the stack can't be removed with them. */
  readonly protectedTables: readonly string[];
}

/**
 * removalOf asks CloudFormation what removing a deployed stack would do.
 * @throws what CloudFormation answers, as for a stack that does not exist
 */
export async function removalOf(provider: Provider): Promise<Removal> {
  const StackName = provider.naming.getStackName();
  // Loaded here, since packaging asks AWS for nothing.
  const { CloudFormation, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormation(await provider.getAwsSdkV3Config());
  const { TemplateBody = '{"Resources":{}}' } = await client.getTemplate({ StackName });
  const deployed: DeployedResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    deployed.push(...(page.StackResourceSummaries ?? []));
  }
  const template = JSON.parse(TemplateBody) as Template;
  const protectedTables = ofType(template.Resources, 'AWS::DynamoDB::Table').flatMap(([, { Properties }]) =>
    Properties['DeletionProtectionEnabled'] === true ? [Properties.TableName] : [],
  );
  return { stays: remains(template, deployed), protectedTables };
}
