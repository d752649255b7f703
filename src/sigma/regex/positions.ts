import type { CharSet } from './char-set.ts';
import { RegexError } from './regex-error.ts';
import { at } from './syntax.ts';
import type { RegexNode } from './syntax.ts';

/** A place of the expression, with what must hold between characters to get there. */
export interface Step {
  readonly position: number;
  readonly condition: number;
}

/** From any of `from` the next character may be at any of `to`. */
export interface Link {
  readonly from: readonly Step[];
  readonly to: readonly Step[];
}

/** Positions is Glushkov's automaton: a place for each character of the expression, no empty moves. */
export interface Positions {
  readonly sets: readonly CharSet[];
  readonly links: readonly Link[];
  readonly first: readonly Step[];
  readonly last: readonly Step[];
  /** The conditions under which the expression matches nothing at all; empty when it never does. */
  readonly empty: readonly number[];
}

interface Fragment {
  readonly first: readonly Step[];
  readonly last: readonly Step[];
  readonly empty: readonly number[];
}

const maxWork = 300_000;

const nothing: Fragment = { first: [], last: [], empty: [0] };

/** positionsOf writes an expression as positions and links. */
export function positionsOf(node: RegexNode): Positions {
  const sets: CharSet[] = [];
  const links: Link[] = [];
  let work = 0;

  const connect = (from: readonly Step[], to: readonly Step[]): void => {
    // Long chains of parts that may all be left out lead from everywhere to everywhere.
    work += from.length + to.length;
    if (work > maxWork)
      throw new RegexError('it is too large: too many of its parts may be left out or follow each other');
    if (from.length > 0 && to.length > 0) links.push({ from, to });
  };

  const sequence = (a: Fragment, b: Fragment): Fragment => {
    connect(a.last, b.first);
    return {
      first: a.empty.length === 0 ? a.first : merged(a.first, under(b.first, a.empty)),
      last: b.empty.length === 0 ? b.last : merged(b.last, under(a.last, b.empty)),
      empty: both(a.empty, b.empty),
    };
  };

  const repeat = (item: RegexNode, min: number, max: number | undefined): Fragment => {
    if (max === undefined) {
      let result = nothing;
      for (let count = 1; count < min; count += 1) result = sequence(result, build(item));
      const looped = build(item);
      connect(looped.last, looped.first);
      return sequence(result, min === 0 ? { ...looped, empty: [0] } : looped);
    }
    // The optional ones come first and nest to the left, ((x?x)?x)…: so each is only followed by the next one.
    let result = nothing;
    for (let count = min; count < max; count += 1) {
      const next = sequence(result, build(item));
      result = { ...next, empty: [0] };
    }
    for (let count = 0; count < min; count += 1) result = sequence(result, build(item));
    return result;
  };

  const build = (each: RegexNode): Fragment => {
    switch (each.kind) {
      case 'empty':
        return nothing;
      case 'chars': {
        const step = [{ position: sets.length, condition: 0 }];
        sets.push(each.set);
        return { first: step, last: step, empty: [] };
      }
      case 'assert':
        return { first: [], last: [], empty: [each.condition] };
      case 'sequence':
        return each.items.map(build).reduce(sequence, nothing);
      case 'choice': {
        const items = each.items.map(build);
        return {
          first: items.flatMap((item) => item.first),
          last: items.flatMap((item) => item.last),
          empty: least(items.flatMap((item) => item.empty)),
        };
      }
      case 'repeat':
        return repeat(each.item, each.min, each.max);
      default:
        throw new Error(each satisfies never);
    }
  };

  const whole = build(node);
  return { sets, links, first: whole.first, last: whole.last, empty: whole.empty };
}

function merged(a: readonly Step[], b: readonly Step[]): readonly Step[] {
  return b.length === 0 ? a : [...a, ...b];
}

/** under adds to each step the conditions of the empty match that it steps over. */
function under(steps: readonly Step[], empty: readonly number[]): readonly Step[] {
  if (empty.length === 1 && empty[0] === 0) return steps;
  return empty.flatMap((condition) =>
    steps
      .map((step) => ({ position: step.position, condition: step.condition | condition }))
      .filter((step) => isPossible(step.condition)),
  );
}

function both(a: readonly number[], b: readonly number[]): readonly number[] {
  return least(a.flatMap((left) => b.map((right) => left | right)).filter(isPossible));
}

/** least leaves out conditions that ask for more than another one does. */
function least(conditions: readonly number[]): readonly number[] {
  const unique = [...new Set(conditions)];
  return unique.filter((one) => !unique.some((other) => other !== one && (one & other) === other));
}

function isPossible(condition: number): boolean {
  return (condition & at.wordEdge) === 0 || (condition & at.noWordEdge) === 0;
}
