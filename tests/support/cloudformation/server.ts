import { startHttpServer, type Answer } from '../http-server.ts';
import { applyTemplate, removeStack, type Account, type Stack, type StackTemplate } from './stack.ts';
import { xmlOf } from './xml.ts';

export interface LocalCloudFormation {
  readonly url: string;
  readonly stacks: ReadonlyMap<string, Stack>;
  close(): Promise<void>;
}

/** ServerOptions is the account that stacks are deployed to, and where their templates lie. */
export interface ServerOptions {
  readonly account: Account;
  /** Reads a template that was uploaded: CloudFormation is given its address. */
  readonly uploaded: (url: string) => Promise<string>;
}

interface ChangeSet {
  readonly stack: string;
  readonly template: StackTemplate;
  readonly empty: boolean;
}

type Asked = Readonly<Record<string, string>>;

class Refusal extends Error {}

/**
 * startLocalCloudFormation answers what `serverless deploy`, `info` and `remove` ask of CloudFormation and STS: change sets are
 * executed at once, templates are resolved as CloudFormation does it, and what it would refuse is refused.
 */
export async function startLocalCloudFormation({ account, uploaded }: ServerOptions): Promise<LocalCloudFormation> {
  const stacks = new Map<string, Stack>();
  const changeSets = new Map<string, ChangeSet>();

  const stackOf = (name = ''): Stack => {
    const stack = stacks.get(name) ?? [...stacks.values()].find(({ id }) => id === name);
    if (stack === undefined) throw new Refusal(`Stack with id ${name} does not exist`);
    return stack;
  };

  const actions: Readonly<Record<string, (asked: Asked) => unknown>> = {
    GetCallerIdentity: () => ({
      Account: account.id,
      UserId: 'AIDAEXAMPLE',
      Arn: `arn:aws:iam::${account.id}:user/deployer`,
    }),
    ValidateTemplate: async (asked) => {
      await templateOf(asked);
      return {};
    },
    CreateChangeSet: async (asked) => {
      const { StackName: stack = '', ChangeSetName: name = '' } = asked;
      const template = await templateOf(asked);
      const before = stacks.get(stack)?.template;
      changeSets.set(name, { stack, template, empty: JSON.stringify(before) === JSON.stringify(template) });
      return { Id: name, StackId: idOf(stack) };
    },
    DescribeChangeSet: ({ ChangeSetName: name = '' }) => {
      const { stack, empty, template } = changeSetOf(name);
      const failed = { Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." };
      const changes = Object.keys(template.Resources).map((LogicalResourceId) => ({
        Type: 'Resource',
        ResourceChange: { Action: 'Add', LogicalResourceId, ResourceType: 'AWS::CloudFormation::Resource' },
      }));
      return {
        ChangeSetName: name,
        StackName: stack,
        StackId: idOf(stack),
        ...(empty ? failed : { Status: 'CREATE_COMPLETE', Changes: changes }),
      };
    },
    DeleteChangeSet: ({ ChangeSetName: name = '' }) => {
      changeSets.delete(name);
      return {};
    },
    ExecuteChangeSet: async ({ ChangeSetName: name = '' }) => {
      const { stack, template } = changeSetOf(name);
      changeSets.delete(name);
      stacks.set(stack, await applyTemplate({ id: idOf(stack), name: stack }, template, stacks, account));
      return {};
    },
    DescribeStacks: ({ StackName: name }) => {
      const { id, status, outputs } = stackOf(name);
      const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { Stacks: [{ StackId: id, StackName: name, StackStatus: status, CreationTime: at, Outputs }] };
    },
    DescribeStackEvents: ({ StackName: name }) => ({ StackEvents: stackOf(name).events.toReversed() }),
    DescribeStackResource: ({ StackName: name, LogicalResourceId: id = '' }) => {
      const resource = stackOf(name).resources.get(id);
      if (resource === undefined) throw new Refusal(`Resource ${id} does not exist for stack ${name}`);
      return { StackResourceDetail: summaryOf(id, resource) };
    },
    ListStackResources: ({ StackName: name }) => ({
      StackResourceSummaries: [...stackOf(name).resources].map(([id, resource]) => summaryOf(id, resource)),
    }),
    GetTemplate: ({ StackName: name }) => ({ TemplateBody: JSON.stringify(stackOf(name).template) }),
    SetStackPolicy: () => ({}),
    DeleteStack: async ({ StackName: name = '' }) => {
      const stack = stacks.get(name);
      if (stack !== undefined) stacks.set(name, await removeStack(stack, account));
      return {};
    },
  };

  const changeSetOf = (name: string): ChangeSet => {
    const found = changeSets.get(name);
    if (found === undefined) throw new Refusal(`ChangeSet [${name}] does not exist`);
    return found;
  };
  const idOf = (stack: string): string => `arn:aws:cloudformation:${account.region}:${account.id}:stack/${stack}/1`;
  const templateOf = async ({ TemplateBody: body, TemplateURL: url = '' }: Asked): Promise<StackTemplate> =>
    JSON.parse(body ?? (await uploaded(url))) as StackTemplate;

  return {
    ...(await startHttpServer(async ({ body }): Promise<Answer> => {
      const asked: Asked = Object.fromEntries(new URLSearchParams(body));
      const { Action: action = '' } = asked;
      try {
        const run = actions[action];
        if (run === undefined) throw new Refusal(`the local endpoint doesn't know ${action}`);
        return xml(200, `${action}Response`, { [`${action}Result`]: await run(asked), ...requestId });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return xml(400, 'ErrorResponse', {
          Error: { Type: 'Sender', Code: 'ValidationError', Message: message },
          ...requestId,
        });
      }
    })),
    stacks,
  };
}

const at = '2026-03-11T10:00:00Z';
const requestId = { ResponseMetadata: { RequestId: '00000000-0000-4000-8000-000000000000' } };

function summaryOf(id: string, { type, ref }: { readonly type: string; readonly ref: string }): object {
  return {
    LogicalResourceId: id,
    PhysicalResourceId: ref,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
    LastUpdatedTimestamp: at,
  };
}

function xml(status: number, root: string, content: unknown): Answer {
  return { status, body: xmlOf(root, content), headers: { 'content-type': 'text/xml' } };
}
