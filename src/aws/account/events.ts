import { CloudWatchClient, GetMetricDataCommand, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeSubscriptionFiltersCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import type { Account, Alarm } from '../../doctor/account.ts';
import { orNothing, type Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

/** DescribeAlarms takes so many names at once, GetMetricData five times as many queries. */
const namesAtOnce = 100;

/** A bus has some hundreds of rules: a longer list is cut. */
const mostPages = 50;

export function eventsOf(
  options: ClientOptions,
  ask: Ask,
): Pick<
  Account,
  'logGroup' | 'subscriptionFilters' | 'eventRule' | 'eventRuleNames' | 'forwardingRules' | 'metricSums' | 'alarms'
> {
  const logs = new CloudWatchLogsClient(options);
  const events = new EventBridgeClient(options);
  const cloudwatch = new CloudWatchClient(options);

  return {
    async logGroup(name) {
      const { logGroups = [] } = await ask('logs:DescribeLogGroups', (signal) =>
        logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }), signal),
      );
      return logGroups.some(({ logGroupName }) => logGroupName === name);
    },
    async subscriptionFilters(logGroupName) {
      const { subscriptionFilters = [] } = await ask('logs:DescribeSubscriptionFilters', (signal) =>
        logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }), signal),
      );
      return subscriptionFilters.map(({ filterName = '', destinationArn = '' }) => ({
        name: filterName,
        destination: destinationArn,
      }));
    },
    async eventRule(name, bus) {
      const asked = ask('events:DescribeRule', (signal) =>
        events.send(new DescribeRuleCommand({ Name: name, ...(bus !== undefined && { EventBusName: bus }) }), signal),
      );
      const rule = await orNothing(asked, 'ResourceNotFoundException');
      if (rule === undefined) return undefined;
      return rule.State === 'DISABLED' ? 'DISABLED' : 'ENABLED';
    },
    async eventRuleNames(bus) {
      const names: string[] = [];
      let next: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const { Rules = [], NextToken } = await ask('events:ListRules', (signal) =>
          events.send(new ListRulesCommand({ EventBusName: bus, NextToken: next }), signal),
        );
        names.push(...Rules.map(({ Name = '' }) => Name));
        next = NextToken;
        if (next === undefined) break;
      }
      return names;
    },
    async forwardingRules(fromRegion, busArn) {
      const there = new EventBridgeClient({ ...options, region: fromRegion });
      const { RuleNames = [] } = await ask('events:ListRuleNamesByTarget', (signal) =>
        there.send(new ListRuleNamesByTargetCommand({ TargetArn: busArn }), signal),
      );
      return RuleNames;
    },
    async metricSums({ namespace, name, dimension }, values, from, to) {
      const sums = new Map<string, number>();
      for (let index = 0; index < values.length; index += namesAtOnce) {
        const some = values.slice(index, index + namesAtOnce);
        const { MetricDataResults = [] } = await ask('cloudwatch:GetMetricData', (signal) =>
          cloudwatch.send(
            new GetMetricDataCommand({
              StartTime: from,
              EndTime: to,
              MetricDataQueries: some.map((value, at) => ({
                Id: `m${at}`,
                MetricStat: {
                  Metric: {
                    Namespace: namespace,
                    MetricName: name,
                    Dimensions: [{ Name: dimension, Value: value }],
                  },
                  Period: 3600,
                  Stat: 'Sum',
                },
              })),
            }),
            signal,
          ),
        );
        for (const { Id = '', Values = [] } of MetricDataResults) {
          const value = some[Number(Id.slice(1))];
          if (value !== undefined)
            sums.set(
              value,
              Values.reduce((sum, one) => sum + one, 0),
            );
        }
      }
      return sums;
    },
    alarms: (names) =>
      ask('cloudwatch:DescribeAlarms', async () => {
        const all: Alarm[] = [];
        for (let index = 0; index < names.length; index += namesAtOnce) {
          const asked = {
            AlarmNames: names.slice(index, index + namesAtOnce),
            AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const],
          };
          for await (const page of paginateDescribeAlarms({ client: cloudwatch }, asked)) {
            for (const one of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
              all.push({
                name: one.AlarmName ?? '',
                state: one.StateValue ?? 'INSUFFICIENT_DATA',
                reason: one.StateReason ?? 'no reason given',
                actionsEnabled: one.ActionsEnabled !== false,
              });
            }
          }
        }
        return all;
      }),
  };
}
