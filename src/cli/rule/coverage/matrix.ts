import { levels, type Level } from '../../../model/level.ts';
import { isTactic, tactics, tacticsOf, techniqueName, type Tactic } from './techniques.ts';

/** CoveringRule is what a matrix needs to know of a rule. */
export interface CoveringRule {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  /** Sigma tags: `attack.persistence`, `attack.t1098.001`. */
  readonly tags: readonly string[];
}

/** Cell is a technique under one of its tactics, with the rules that are about it. */
export interface Cell {
  /** `T1098.001`. */
  readonly technique: string;
  readonly name?: string;
  /** The highest level of the rules. */
  readonly level: Level;
  /** Highest level first. */
  readonly rules: readonly CoveringRule[];
}

export interface TacticColumn {
  readonly tactic: Tactic;
  readonly id: string;
  readonly name: string;
  /** By technique. */
  readonly cells: readonly Cell[];
  /** How many rules are in the column, each counted once, also those that name no technique. */
  readonly rules: number;
}

export interface Coverage {
  readonly rules: number;
  readonly techniques: number;
  /** Every tactic, in the order of ATT&CK's matrix. */
  readonly tactics: readonly TacticColumn[];
  /** Rules that name no technique. */
  readonly without: number;
}

/**
 * coverageOf lays rules out as ATT&CK's matrix. A technique stands under those of its tactics that a rule names, under all of them
 * where the rule names none; one that the table doesn't know under all that the rule names.
 */
export function coverageOf(rules: readonly CoveringRule[]): Coverage {
  const cells = new Map<string, CoveringRule[]>();
  const inTactic = new Map<Tactic, Set<CoveringRule>>();
  const techniques = new Set<string>();
  const note = (tactic: Tactic, rule: CoveringRule): void => {
    const column = inTactic.get(tactic) ?? new Set<CoveringRule>();
    inTactic.set(tactic, column.add(rule));
  };
  let without = 0;
  for (const rule of rules) {
    const words = new Set(rule.tags.flatMap((tag) => /^attack\.(.+)$/i.exec(tag)?.[1]?.toLowerCase() ?? []));
    const named = [...words].map((word) => word.replaceAll('_', '-')).filter(isTactic);
    const own = [...words].filter((word) => /^t\d{4}(?:\.\d{3})?$/.test(word)).map((word) => word.toUpperCase());
    if (own.length === 0) without += 1;
    for (const tactic of named) note(tactic, rule);
    for (const technique of own) {
      techniques.add(technique);
      for (const tactic of placesOf(technique, named)) {
        note(tactic, rule);
        const key = `${tactic} ${technique}`;
        cells.set(key, [...(cells.get(key) ?? []), rule]);
      }
    }
  }
  const columns = (Object.keys(tactics) as Tactic[]).map((tactic): TacticColumn => {
    const own = [...cells].filter(([key]) => key.startsWith(`${tactic} `));
    return {
      tactic,
      ...tactics[tactic],
      cells: own.map(([key, covering]) => cellOf(key.split(' ')[1] ?? '', covering)).toSorted(byTechnique),
      rules: inTactic.get(tactic)?.size ?? 0,
    };
  });
  return { rules: rules.length, techniques: techniques.size, tactics: columns, without };
}

function placesOf(technique: string, named: readonly Tactic[]): readonly Tactic[] {
  const possible = tacticsOf(technique);
  if (possible.length === 0) return named;
  const both = possible.filter((tactic) => named.includes(tactic));
  return both.length > 0 ? both : possible;
}

function cellOf(technique: string, rules: readonly CoveringRule[]): Cell {
  const name = techniqueName(technique);
  const sorted = rules.toSorted(
    (a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || (a.title < b.title ? -1 : 1),
  );
  return { technique, ...(name !== undefined && { name }), level: sorted[0]?.level ?? 'informational', rules: sorted };
}

function byTechnique(a: Cell, b: Cell): number {
  return a.technique < b.technique ? -1 : 1;
}
