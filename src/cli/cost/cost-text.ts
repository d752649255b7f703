import type { Estimate, EstimatedLine } from '../../cost/estimate.ts';
import { pricesNote } from '../../cost/prices.ts';
import type { Basis, Profile } from '../../cost/volumes.ts';
import { assumed, assumptions, callsOf } from '../../cost/workload.ts';
import type { Measured } from './measure-volumes.ts';
import type { Colors } from '../shell/terminal.ts';
import { count } from '../../text/amounts.ts';

/** PrintedEstimate is an estimate with its inputs. */
export interface PrintedEstimate {
  readonly basis: Basis;
  readonly profile: Profile;
  readonly measured: Measured | undefined;
  readonly estimate: Estimate;
  /** Whether the sizes behind the formulas are listed in the table; JSON always has them. */
  readonly assumptions: boolean;
}

/** costTable is the bill for a person: services from the most expensive on, each line with its formula, a total, the largest lines, and the prices that were not checked. */
export function costTable(
  { basis, profile, measured, estimate, assumptions: listed }: PrintedEstimate,
  colors: Colors,
): string {
  const { region, services, lines, usd, dominant } = estimate;
  const head = `A month in ${region}, in US dollars`;
  const from =
    measured === undefined
      ? `volumes of a ${profile} account, unless given`
      : `measured in ${measured.path}: ${count(measured.records)} records of ${measured.days.toFixed(1)} days; other volumes of a ${profile} account`;
  const blocks = services
    .filter((service) => service.usd >= 0.005)
    .map(({ service, usd: sum }) => {
      const own = lines.filter((line) => line.service === service && line.usd >= 0.0005);
      return [
        colors.bold(`${service.padEnd(40)}${dollars(sum)}`),
        ...own.flatMap((line) => lineText(line, colors)),
      ].join('\n');
    });
  const free = services.filter((service) => service.usd < 0.005).map(({ service }) => service);
  const rest = free.length === 0 ? [] : [colors.dim(`Less than a cent: ${free.join(', ')}`)];
  const total = colors.bold(`${'Total'.padEnd(40)}${dollars(usd)}`);
  return `${[colors.bold(head), colors.dim(from), '', ...blocks, ...rest, '', total, '', ...dominantText(dominant, usd, colors), ...uncheckedText(estimate, colors), ...(listed ? assumptionsText(basis, colors) : []), pricesText(estimate, colors)].join('\n')}\n${basisHint(basis, colors)}`;
}

function lineText({ name, quantity, price, usd, words }: EstimatedLine, colors: Colors): readonly string[] {
  return [
    `  ${name.padEnd(38)}${dollars(usd)}   ${amount(quantity)} × ${priceText(price.usd)} for ${price.unit}${price.checked ? '' : colors.yellow('   price unchecked')}`,
    colors.dim(`    ${words}`),
  ];
}

function dominantText(dominant: readonly EstimatedLine[], total: number, colors: Colors): readonly string[] {
  if (dominant.length === 0) return [];
  return [
    'The largest lines, and what lowers them:',
    ...dominant.map(({ service, name, usd, lower }) => {
      const part = `${Math.round((usd / total) * 100)} %`.padStart(5);
      return `${part}  ${service}, ${name}${lower === undefined ? '' : `: ${colors.cyan(lower)}`}`;
    }),
    '',
  ];
}

/** The part of the total that depends on prices that were not checked against AWS's price list or a copy of it. */
function uncheckedText({ unchecked, usd, region }: Estimate, colors: Colors): readonly string[] {
  if (unchecked.length === 0) return [];
  const sum = unchecked.reduce((all, line) => all + line.usd, 0);
  const part = Math.round((sum / usd) * 100);
  const amounts =
    sum < 0.005 ? 'Less than a cent of it' : `${dollars(sum).trim()} of it (${part === 0 ? 'less than 1' : part} %)`;
  const head = `${amounts} depends on prices of ${region} that were not checked against AWS's price list or a copy of it:`;
  const pages = [...new Set(unchecked.map(({ price }) => price.page))].map((page) => {
    const lines = unchecked.filter(({ price }) => price.page === page);
    return `  ${lines[0]?.service}: ${lines.map(({ name }) => name).join(', ')}; see ${page}`;
  });
  return [colors.yellow(head), ...pages, ''];
}

function assumptionsText(basis: Basis, colors: Colors): readonly string[] {
  const sizes = Object.values(assumed).map(({ value, about }) => `  ${String(value).padStart(8)}  ${about}`);
  const calls = callsOf(basis).map(
    ({ what, calls: times, ms, memoryMb }) =>
      `  ${count(Math.round(times)).padStart(14)} calls of ${count(Math.round(ms))} ms with ${memoryMb} MB: ${what}`,
  );
  return [colors.bold('Assumptions (estimates, not measured on a deployed stage)'), ...sizes, ...calls, ''];
}

function pricesText({ lines, region }: Estimate, colors: Colors): string {
  const dates = lines.flatMap(({ price }) => price.source?.date ?? []).toSorted();
  const from = dates.length === 0 ? '' : ` The dated sources for ${region} are from ${dates[0]} to ${dates.at(-1)}.`;
  return colors.dim(`${pricesNote}${from} Each price with its source: src/cost/prices.json`);
}

function basisHint({ switches }: Basis, colors: Colors): string {
  const set = Object.entries(switches).map(([name, value]) => `${name}=${value}`);
  return colors.dim(`Switches: ${set.join(' ')}\n`);
}

/** costJson is all of it for programs, with every volume, switch and assumption that it was computed from. */
export function costJson({ basis, profile, measured, estimate }: PrintedEstimate): string {
  const all = { ...estimate, profile, ...basis, assumptions, calls: callsOf(basis), ...(measured && { measured }) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function dollars(usd: number): string {
  const [whole = '0', cents = '00'] = usd.toFixed(2).split('.');
  return `${count(Number(whole))}.${cents}`.padStart(12);
}

/** Three digits that count: `1.25`, `0.00821`, `12,300`. */
function amount(value: number): string {
  if (value >= 1000) return count(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

function priceText(usd: number): string {
  return `$${usd >= 0.01 ? usd.toFixed(Number.isInteger(usd * 100) ? 2 : 4) : String(Number(usd.toPrecision(6)))}`;
}
