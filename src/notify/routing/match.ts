import { BlockList, isIP } from 'node:net';
import { matchesGlob } from '../../model/glob.ts';
import { isAtLeast, levels, type Level } from '../../model/level.ts';
import { labelNames, type LabelName, type Labels } from './labels.ts';
import { clip } from '../../text/escape.ts';

/** Match is a test of a finding's labels: each label named here must have one of its values. */
export type Match = { readonly [Name in LabelName]?: readonly string[] };

/** Condition says which findings a route or a suppression takes: those that fit `match` and do not fit `except`. */
export interface Condition {
  readonly match: Match;
  readonly except?: Match;
}

/** Verdict says whether labels fit, and why, for a person. */
export interface Verdict {
  readonly fits: boolean;
  readonly why: string;
}

type Test = (value: string) => boolean;

/** Labels that hold texts of events. Reasons are logged, so a reason quotes the configuration for these, not the event. */
const ofEvents: ReadonlySet<LabelName> = new Set(['actor', 'address', 'target']);

/** valueProblem says what is wrong with a configured value of a label; undefined when the value is right. */
export function valueProblem(label: LabelName, value: string): string | undefined {
  if (label === 'level' && levelTest(value) === undefined) {
    return `must be one of ${levels.join(', ')}, or compare with one: ">= medium"`;
  }
  if (label === 'address' && value.includes('/') && networkTest(value) === undefined) {
    return 'not a network: write 192.0.2.0/24 or 2001:db8::/32';
  }
  return undefined;
}

/** conditionText writes a condition for a person. */
export function conditionText({ match, except }: Condition): string {
  const wanted = matchText(match) || 'everything';
  return except === undefined ? wanted : `${wanted}, except ${matchText(except)}`;
}

/** compileCondition turns a condition into a function of labels. */
export function compileCondition({ match, except }: Condition): (labels: Labels) => Verdict {
  const wanted = compileMatch(match);
  const refused = except === undefined ? undefined : compileMatch(except);
  return (labels) => {
    const verdict = wanted(labels);
    const against = verdict.fits ? refused?.(labels) : undefined;
    return against?.fits === true ? { fits: false, why: `excepted: ${against.why}` } : verdict;
  };
}

function compileMatch(match: Match): (labels: Labels) => Verdict {
  const rows = labelNames.flatMap((label) => {
    const values = match[label];
    return values === undefined ? [] : [{ label, wanted: values, tests: values.map((value) => testOf(label, value)) }];
  });
  return (labels) => {
    const reasons: string[] = [];
    for (const { label, wanted, tests } of rows) {
      const values = labels[label] ?? [];
      const seen = values.find((value) => tests.some((test) => test(value)));
      if (seen === undefined) {
        const given = values.length === 0 ? `no ${label}` : `${label} is ${listed(values)}`;
        return { fits: false, why: `${given}, expected ${wanted.join(' or ')}` };
      }
      const fitting = wanted[tests.findIndex((test) => test(seen))] ?? seen;
      reasons.push(ofEvents.has(label) ? `${label} fits ${fitting}` : `${label} is ${seen}`);
    }
    return { fits: true, why: reasons.join(', ') || 'it takes everything' };
  };
}

/** An event may name thousands of targets, each of any length; reasons are for logs and people. */
const mostShown = 5;
const longestShown = 200;

function listed(values: readonly string[]): string {
  const shown = values.slice(0, mostShown).map((value) => clip(value, longestShown));
  const rest = values.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function testOf(label: LabelName, value: string): Test {
  const special = label === 'level' ? levelTest(value) : label === 'address' ? networkTest(value) : undefined;
  return special ?? ((seen) => matchesGlob(value, seen));
}

const comparisons: Readonly<Record<string, (seen: Level, than: Level) => boolean>> = {
  '>=': isAtLeast,
  '<=': (seen, than) => isAtLeast(than, seen),
  '>': (seen, than) => !isAtLeast(than, seen),
  '<': (seen, than) => !isAtLeast(seen, than),
  '': (seen, than) => seen === than,
};

function levelTest(text: string): Test | undefined {
  const [, sign = '', name = ''] = /^([<>]=?|) ?([a-z]+)$/.exec(text) ?? [];
  const compare = comparisons[sign];
  return isLevel(name) && compare !== undefined ? (seen) => isLevel(seen) && compare(seen, name) : undefined;
}

function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text);
}

/** Addresses are compared as addresses, since each has several spellings; names of hosts and services are compared as text. */
function networkTest(text: string): Test | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return undefined;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128)) {
    list.addSubnet(address, Number(bits), family);
  } else return undefined;
  return (seen) => {
    const seenFamily = familyOf(seen);
    return seenFamily !== undefined && list.check(seen, seenFamily);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

function matchText(match: Match): string {
  return labelNames
    .flatMap((label) => {
      const values = match[label];
      return values === undefined ? [] : [`${label} ${values.join(' or ')}`];
    })
    .join(' and ');
}
