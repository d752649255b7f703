// How widgets of a CloudWatch dashboard are written.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

export interface Widget {
  readonly type: 'alarm' | 'metric';
  readonly width: number;
  readonly height: number;
  readonly properties:
    | { readonly title: string; readonly alarms: readonly string[] }
    | { readonly title: string; readonly metrics: readonly Line[]; readonly [key: string]: unknown };
}

/** Line is one metric of a chart as a dashboard writes it: names and values first, options last. */
export type Line = readonly (string | Options)[];

interface Options {
  readonly stat?: string;
  readonly label?: string;
  readonly expression?: string;
  readonly id?: string;
  readonly visible?: boolean;
}

/** named is a metric of AWS. */
export function named(
  namespace: string,
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  options: Options,
): Line {
  return [namespace, metric, ...Object.entries(dimensions).flat(), options];
}

export function expression(text: string, label: string): Line {
  return [{ expression: text, label }];
}

/** search is every metric that a search finds, a line each. */
export function search(
  schema: string,
  metric: string,
  filter: string,
  stat: string,
  label: string,
  period?: number,
): Line {
  return expression(searchText(schema, metric, filter, stat, period), label);
}

export function searchText(schema: string, metric: string, filter: string, stat: string, period = 300): string {
  return `SEARCH('${schema} MetricName="${metric}" ${filter}', '${stat}', ${period})`;
}

export function alarmList(title: string, names: readonly string[]): Widget {
  const before = 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:';
  return {
    type: 'alarm',
    width: 24,
    height: 4 + Math.ceil(names.length / 6),
    properties: { title, alarms: names.map((name) => `${before}${name}`) },
  };
}

interface ChartOptions {
  /** Seconds. */
  readonly period?: number;
  readonly stacked?: boolean;
  readonly width?: number;
}

export function chart(
  title: string,
  metrics: readonly Line[],
  { period = 300, stacked = false, width = 8 }: ChartOptions = {},
): Widget {
  return {
    type: 'metric',
    width,
    height: 6,
    properties: {
      title,
      view: 'timeSeries',
      region: '${AWS::Region}',
      period,
      stacked,
      yAxis: { left: { min: 0, showUnits: false } },
      metrics,
    },
  };
}

/** place lays widgets from left to right, 24 columns wide. */
export function place(all: readonly Widget[]): readonly (Widget & { readonly x: number; readonly y: number })[] {
  let [x, y, tallest] = [0, 0, 0];
  return all.map((widget) => {
    if (x + widget.width > 24) [x, y, tallest] = [0, y + tallest, 0];
    const placed = { ...widget, x, y };
    x += widget.width;
    tallest = Math.max(tallest, widget.height);
    return placed;
  });
}
