import type { Condition } from './condition.ts';
import { covers } from './glob.ts';
import type { PolicyDocument, Statement } from './document.ts';
import { includesAction, isWide } from './scope.ts';

/** Privileges is what a policy of an identity gives beyond ordinary work. */
export interface Privileges {
  /** Everything on everything, IAM included. */
  readonly administration: boolean;
  /** The ways known to gain more with it, sorted: `iam:PassRole + ec2:RunInstances`. All of them for an administrator. */
  readonly escalations: readonly string[];
}

/**
 * Ways from a permission to all permissions of the account: the actions that are needed together, each on resources that are
 * not particular ones. Facts from public research on IAM; a row a way.
 */
const ways: readonly (readonly string[])[] = [
  // Change what one may do.
  ['iam:CreatePolicyVersion'],
  ['iam:SetDefaultPolicyVersion'],
  ['iam:AttachUserPolicy'],
  ['iam:AttachGroupPolicy'],
  ['iam:AttachRolePolicy'],
  ['iam:PutUserPolicy'],
  ['iam:PutGroupPolicy'],
  ['iam:PutRolePolicy'],
  ['iam:AddUserToGroup'],
  ['iam:DeleteUserPermissionsBoundary'],
  ['iam:DeleteRolePermissionsBoundary'],
  ['iam:PutUserPermissionsBoundary'],
  ['iam:PutRolePermissionsBoundary'],
  ['sso:AttachManagedPolicyToPermissionSet'],
  ['sso:PutInlinePolicyToPermissionSet'],
  ['sso:CreateAccountAssignment'],
  // Become somebody else.
  ['iam:CreateAccessKey'],
  ['iam:CreateLoginProfile'],
  ['iam:UpdateLoginProfile'],
  ['iam:CreateServiceSpecificCredential'],
  ['iam:ResetServiceSpecificCredential'],
  ['iam:UpdateAssumeRolePolicy'],
  ['iam:UpdateSAMLProvider'],
  ['iam:AddClientIDToOpenIDConnectProvider'],
  ['iam:UpdateOpenIDConnectProviderThumbprint'],
  ['rolesanywhere:CreateTrustAnchor', 'rolesanywhere:CreateProfile'],
  ['sts:AssumeRole'],
  ['sts:AssumeRoot'],
  // Act through what runs already with another role.
  ['lambda:UpdateFunctionCode'],
  ['lambda:UpdateFunctionConfiguration'],
  ['ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'],
  ['ec2-instance-connect:SendSSHPublicKey'],
  ['ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
  ['ssm:SendCommand'],
  ['ssm:StartSession'],
  ['ecs:ExecuteCommand'],
  ['glue:UpdateDevEndpoint'],
  ['glue:UpdateJob', 'glue:StartJobRun'],
  ['codebuild:StartBuild'],
  ['cloudformation:UpdateStack'],
  ['cloudformation:UpdateStackSet'],
  ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
  ['sagemaker:CreatePresignedNotebookInstanceUrl'],
  ['sagemaker:CreatePresignedDomainUrl'],
  ['states:UpdateStateMachine'],
  ['apprunner:UpdateService'],
  ['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy'],
  // Start something with a role passed to it.
  ['iam:PassRole', 'ec2:RunInstances'],
  ['iam:PassRole', 'ec2:AssociateIamInstanceProfile'],
  ['iam:PassRole', 'ec2:ReplaceIamInstanceProfileAssociation'],
  ['iam:PassRole', 'ec2:RequestSpotInstances'],
  ['iam:PassRole', 'ec2:RequestSpotFleet'],
  ['iam:PassRole', 'ec2:CreateFleet'],
  ['iam:PassRole', 'autoscaling:CreateLaunchConfiguration', 'autoscaling:CreateAutoScalingGroup'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:CreateEventSourceMapping'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:AddPermission'],
  ['iam:PassRole', 'lambda:CreateFunction', 'lambda:CreateFunctionUrlConfig'],
  ['iam:PassRole', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'],
  ['iam:PassRole', 'ecs:RegisterTaskDefinition', 'ecs:StartTask'],
  ['iam:PassRole', 'ecs:RegisterTaskDefinition', 'ecs:CreateService'],
  ['iam:PassRole', 'ecs:RegisterTaskDefinition', 'ecs:UpdateService'],
  ['iam:PassRole', 'glue:CreateDevEndpoint'],
  ['iam:PassRole', 'glue:CreateJob', 'glue:StartJobRun'],
  ['iam:PassRole', 'glue:CreateJob', 'glue:CreateTrigger'],
  ['iam:PassRole', 'glue:CreateSession', 'glue:RunStatement'],
  ['iam:PassRole', 'cloudformation:CreateStack'],
  ['iam:PassRole', 'cloudformation:CreateStackSet', 'cloudformation:CreateStackInstances'],
  ['iam:PassRole', 'codebuild:CreateProject', 'codebuild:StartBuild'],
  ['iam:PassRole', 'codepipeline:CreatePipeline'],
  ['iam:PassRole', 'datapipeline:CreatePipeline', 'datapipeline:PutPipelineDefinition'],
  ['iam:PassRole', 'sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
  ['iam:PassRole', 'sagemaker:CreateTrainingJob'],
  ['iam:PassRole', 'sagemaker:CreateProcessingJob'],
  ['iam:PassRole', 'apprunner:CreateService'],
  ['iam:PassRole', 'states:CreateStateMachine', 'states:StartExecution'],
  ['iam:PassRole', 'batch:RegisterJobDefinition', 'batch:SubmitJob'],
  ['iam:PassRole', 'elasticmapreduce:RunJobFlow'],
  ['iam:PassRole', 'ssm:StartAutomationExecution'],
  ['iam:PassRole', 'scheduler:CreateSchedule'],
  ['iam:PassRole', 'events:PutTargets'],
  ['iam:PassRole', 'bedrock-agentcore:CreateCodeInterpreter', 'bedrock-agentcore:InvokeCodeInterpreter'],
];

/** Condition keys that keep an escalation within what somebody named: the policy, the boundary, the target. */
const bindingKey =
  /^(?:iam:(?:policyarn|permissionsboundary)|(?:aws|iam|ec2|ssm|lambda):resourcetag\/.+|sts:externalid)$/;

/** What no administrator can do without: of a statement that allows all but some, none of these may be left out. */
const administers = [
  'iam:createuser',
  'iam:attachuserpolicy',
  'iam:attachrolepolicy',
  'iam:putrolepolicy',
  'iam:passrole',
  'sts:assumerole',
];

/** The service that a role is passed to, by the service of the call that does it; where it may be several, none is named. */
const passedTo: Readonly<Record<string, string>> = {
  ec2: 'ec2.amazonaws.com',
  autoscaling: 'ec2.amazonaws.com',
  lambda: 'lambda.amazonaws.com',
  ecs: 'ecs-tasks.amazonaws.com',
  glue: 'glue.amazonaws.com',
  cloudformation: 'cloudformation.amazonaws.com',
  codebuild: 'codebuild.amazonaws.com',
  codepipeline: 'codepipeline.amazonaws.com',
  sagemaker: 'sagemaker.amazonaws.com',
  states: 'states.amazonaws.com',
  ssm: 'ssm.amazonaws.com',
  scheduler: 'scheduler.amazonaws.com',
  events: 'events.amazonaws.com',
};

/** privilegesOf says what a policy of an identity gives: all its statements together, less what it denies without a condition. */
export function privilegesOf({ statements }: PolicyDocument): Privileges {
  const allows = statements.filter((each) => each.effect === 'allow' && isWide(each) && !each.conditions.some(binds));
  const denials = statements.filter((each) => each.effect === 'deny' && isWide(each) && each.conditions.length === 0);
  const may = (action: string, service?: string): boolean => {
    const name = action.toLowerCase();
    const allowed = allows.some((each) => includesAction(each, name) && passesTo(each, service));
    return allowed && !denials.some((each) => includesAction(each, name));
  };
  const administration = allows.some(isEverything) && administers.every((action) => may(action));
  return {
    administration,
    escalations: ways
      .filter((way) => way.every((action) => may(action, action === 'iam:PassRole' ? serviceOf(way) : undefined)))
      .map((way) => way.join(' + '))
      .toSorted(),
  };
}

function serviceOf([, call = '']: readonly string[]): string | undefined {
  return passedTo[call.slice(0, call.indexOf(':'))];
}

/** Whether roles may be passed to a service: `iam:PassedToService` names those that they may be passed to, or may not. */
function passesTo({ conditions }: Statement, service: string | undefined): boolean {
  return conditions.every(({ key, comparison, negated, values }) => {
    if (service === undefined || key !== 'iam:passedtoservice') return true;
    if (comparison !== 'text' && comparison !== 'pattern') return true;
    return values.some((value) => covers(value.toLowerCase(), service)) !== negated;
  });
}

/** Everything, or everything but some. */
function isEverything({ actions, notActions }: Statement): boolean {
  return notActions !== undefined || (actions ?? []).some((pattern) => /^\*+(?::\*+)?$/.test(pattern));
}

function binds({ comparison, negated, whenAbsent, key, values }: Condition): boolean {
  if (negated || whenAbsent || !bindingKey.test(key)) return false;
  return (
    (comparison === 'text' || comparison === 'pattern') &&
    values.every((value) => comparison === 'text' || !/^[*?]+$/.test(value))
  );
}

/** isUnrestricted says whether a guard rail (an SCP, a resource control policy, an endpoint's policy) lets everything through: everything is allowed and nothing denied. */
export function isUnrestricted({ statements }: PolicyDocument): boolean {
  return (
    statements.some(
      (each) =>
        each.effect === 'allow' &&
        each.conditions.length === 0 &&
        isEverything(each) &&
        each.notActions === undefined &&
        (each.resources ?? ['*']).some((resource) => /^\*+$/.test(resource)),
    ) && statements.every(({ effect }) => effect === 'allow')
  );
}
