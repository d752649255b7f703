// What concerns the stack as a whole, and so is done when every resource is there: alarms and a dashboard over all of them, brakes,
// log groups. What stays after `serverless remove` is told here too.
const { healthAlarms } = require('./health-alarms.cjs');
const { reserve, stop } = require('./brakes.cjs');
const { dashboard } = require('./dashboard.cjs');
const { attachAfter, encryptLogs } = require('./log-groups.cjs');
const { remains } = require('./remains.cjs');
const { traceGroup } = require('./trace-group.cjs');
const { trailAccess } = require('./trail-access.cjs');

/** completeStack adds to a template what is made from its resources, and changes what holds for all of them. */
function completeStack(template, stage) {
  const { Resources: resources } = template;
  encryptLogs(resources, stage.logsKeyArn);
  Object.assign(resources, healthAlarms(resources, stage));
  Object.assign(resources, dashboard(resources, stage));
  Object.assign(resources, traceGroup(resources, stage));
  attachAfter(resources);
  reserve(resources, stage.reservedConcurrency);
  stop(resources, stage.enabled);
  template.Outputs = { ...template.Outputs, ...trailAccess(resources, stage) };
}

const again =
  'To deploy this stage again: with createTrail=false for a trail that stayed; and its archive bucket deleted, or imported into the new stack.';

class StackPlugin {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.log = log;
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.complete(),
      'before:remove:remove': () => this.lookBeforeRemoving(),
      'after:remove:remove': () => this.tell('These are still there:', again),
    };
  }

  complete() {
    const { service } = this.serverless;
    const stage = this.provider.getStage();
    completeStack(service.provider.compiledCloudFormationTemplate, {
      ...service.custom.stack,
      stage,
      prefix: `${service.service}-${stage}`,
    });
  }

  async lookBeforeRemoving() {
    this.remaining = await this.remainsOfStack();
    this.tell('These stay, since they hold evidence, or record it:');
  }

  async remainsOfStack() {
    const StackName = this.provider.naming.getStackName();
    // Loaded here, since packaging asks nothing of AWS.
    const { CloudFormation, paginateListStackResources } = require('@aws-sdk/client-cloudformation');
    try {
      const client = new CloudFormation(await this.provider.getAwsSdkV3Config());
      const { TemplateBody } = await client.getTemplate({ StackName });
      const deployed = [];
      for await (const page of paginateListStackResources({ client }, { StackName })) {
        deployed.push(...page.StackResourceSummaries);
      }
      return remains(JSON.parse(TemplateBody), deployed);
    } catch (error) {
      // Removing says itself why it can't; only what stays is then not known.
      this.log.warning(`What stays of ${StackName} is not known: ${error.message}`);
      return [];
    }
  }

  tell(title, ...after) {
    if (this.remaining.length === 0) return;
    this.log.notice([title, ...this.remaining.map((line) => `  ${line}`), ...after].join('\n'));
  }
}

module.exports = StackPlugin;
module.exports.completeStack = completeStack;
