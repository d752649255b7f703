import type { Alert } from '../casebook/alerts.ts';
import type { Case } from '../casebook/casebook.ts';
import type { Bar } from '../casebook/timeline.ts';
import type { AuditEvent } from '../../../model/audit-event.ts';
import { levels } from '../../../model/level.ts';
import type { Level } from '../../../model/level.ts';
import { accountOf, type MessageContext } from '../../../notify/index.ts';
import { clip } from '../../../text/escape.ts';
import { count, plural, span } from '../../../text/amounts.ts';
import { html } from '../../../text/markup.ts';
import type { Markup } from '../../../text/markup.ts';

const width = 1120;
const left = 44;
const right = 8;
const barsTop = 12;
const barsHeight = 150;
const lanesTop = barsTop + barsHeight + 34;
const laneHeight = 32;
const laneLimit = 8;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const tickSteps = [minute, 5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day];
const longSteps = [2 * day, 7 * day, 14 * day, 28 * day, 84 * day, 168 * day, 364 * day, 1820 * day, 36_400 * day];

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly x: (at: number) => number;
}

/** renderChart draws when it happened: bars of findings by level, and below them who did it, a lane an actor. */
export function renderChart({ timeline, alerts }: Case, context: MessageContext): Markup {
  const [first] = timeline.bars;
  const last = timeline.bars.at(-1);
  if (first === undefined || last === undefined) return html``;
  const scale = scaleOf(first.start, last.start + timeline.barMs);
  const lanes = lanesOf(alerts, context);
  const height = lanesTop + lanes.length * laneHeight + (lanes.length > 0 ? 8 : -8);
  const highest = timeline.bars.reduce((most, { counts }) => Math.max(most, sum(counts)), 0);
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="Findings over time by level, each bar ${span(timeline.barMs)} wide"
  >
    ${gridLines(highest)} ${ticks(scale, barsTop + barsHeight, height - 8)}
    ${timeline.bars.map((bar) => drawBar(bar, timeline.barMs, scale, highest))}
    ${lanes.map((lane, index) => drawLane(lane, index, scale))}
  </svg>`;
}

function scaleOf(start: number, end: number): Scale {
  // A few bars alone would fill the whole width and look like much; room on both sides keeps their proportion.
  const margin = Math.max((end - start) * 0.015, (12 * minute - (end - start)) / 2, 0);
  const from = start - margin;
  const to = end + margin;
  return { from, to, x: (at) => round(left + ((at - from) / (to - from)) * (width - left - right)) };
}

function gridLines(highest: number): readonly Markup[] {
  const step = [1, 2, 5, 10, 20, 25, 50, 100].find((size) => highest / size <= 4) ?? Math.ceil(highest / 400) * 100;
  const lines = Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
  return lines.map((value) => {
    const y = yOf(value, highest);
    return html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" />
      <text class="tick" x="${left - 8}" y="${y + 4}" text-anchor="end">${count(value)}</text>`;
  });
}

function ticks({ from, to, x }: Scale, labelsAt: number, bottom: number): readonly Markup[] {
  const step = [...tickSteps, ...longSteps].find((size) => (to - from) / size <= 9) ?? 36_400 * day;
  const times: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) times.push(at);
  let dayBefore = '';
  return times.map((at) => {
    const iso = new Date(at).toISOString();
    const dayOf = iso.slice(0, 10);
    const label =
      step >= day ? dayOf : dayOf === dayBefore ? iso.slice(11, 16) : `${dayOf.slice(5)} ${iso.slice(11, 16)}`;
    dayBefore = dayOf;
    return html`<line class="grid down" x1="${x(at)}" x2="${x(at)}" y1="${labelsAt}" y2="${bottom}" />
      <text class="tick" x="${x(at)}" y="${labelsAt + 18}" text-anchor="middle">${label}</text>`;
  });
}

function drawBar({ start, counts }: Bar, barMs: number, { x }: Scale, highest: number): Markup {
  const from = x(start);
  const barWidth = round(Math.min(Math.max(x(start + barMs) - from - 1, 2), 28));
  let base = 0;
  // The most severe stand on the base line, where heights can be compared.
  const pieces = levels.toReversed().flatMap((level) => {
    if (counts[level] === 0) return [];
    const bottom = yOf(base, highest);
    base += counts[level];
    const top = yOf(base, highest);
    return [
      html`<rect class="fill-${level}" x="${from}" y="${top}" width="${barWidth}" height="${round(bottom - top)}" />`,
    ];
  });
  const words = levels
    .toReversed()
    .filter((level) => counts[level] > 0)
    .map((level) => `${counts[level]} ${level}`);
  const when = new Date(start).toISOString().slice(0, 16).replace('T', ' ');
  return html`<g class="bar"><title>${when} UTC, ${span(barMs)}: ${words.join(', ')}</title>${pieces}</g>`;
}

interface Lane {
  readonly actor: string;
  readonly findings: number;
  readonly dots: readonly { readonly at: number; readonly level: Level; readonly says: string }[];
}

// Who to show: those with the most severe and then the most findings; in order of their first one.
function lanesOf(alerts: readonly Alert[], context: MessageContext): readonly Lane[] {
  const byActor = Map.groupBy(alerts, ({ finding: { event } }) => actorLabel(event, context));
  const worst = (of: readonly Alert[]): number =>
    of.reduce((most, { finding }) => Math.max(most, levels.indexOf(finding.rule.level)), 0);
  const total = (of: readonly Alert[]): number => of.reduce((all, alert) => all + alert.count, 0);
  return [...byActor]
    .sort(([, a], [, b]) => worst(b) - worst(a) || total(b) - total(a))
    .slice(0, laneLimit)
    .map(([actor, of]) => ({ actor, findings: total(of), dots: of.flatMap(dotsOf) }))
    .sort((a, b) => firstOf(a) - firstOf(b));
}

function firstOf({ dots }: Lane): number {
  return dots.reduce((first, { at }) => Math.min(first, at), Infinity);
}

function actorLabel({ actor, account: of, source, targets }: AuditEvent, { accounts }: MessageContext): string {
  const id = actor.account ?? of;
  const account = id === undefined ? undefined : accountOf(id, accounts);
  const host = targets.find(({ kind }) => kind === 'host');
  // A host's root is not the account's.
  const where = source.product === 'aws' || host === undefined ? (account?.name ?? id) : `on ${host.id}`;
  return `${clip(actor.name, 60)}${where === undefined ? '' : `, ${clip(where, 40)}`}`;
}

function dotsOf({ finding, occurrences }: Alert): Lane['dots'] {
  return occurrences.map(({ time, action, target }) => ({
    at: Date.parse(time),
    level: finding.rule.level,
    says: `${time.slice(11, 19)} ${finding.rule.title}: ${action}${target === undefined ? '' : ` → ${clip(target, 120)}`}`,
  }));
}

function drawLane({ actor, findings, dots }: Lane, index: number, { x }: Scale): Markup {
  const y = lanesTop + index * laneHeight + laneHeight / 2 + 6;
  const inOrder = dots.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  return html`<g class="lane">
    <line class="rail" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" />
    ${inOrder.map(
      ({ at, level, says }) =>
        html`<circle class="fill-${level}" cx="${x(at)}" cy="${y}" r="4.5"><title>${says}</title></circle>`,
    )}
    <text class="lane-name" x="${left + 4}" y="${y - 9}">${actor}</text>
    <title>${actor}: ${plural(findings, 'finding')}</title>
  </g>`;
}

function yOf(value: number, highest: number): number {
  return round(barsTop + barsHeight - (value / highest) * barsHeight);
}

function sum(counts: Bar['counts']): number {
  return levels.reduce((total, level) => total + counts[level], 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
