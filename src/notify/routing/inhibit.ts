import { hashOf } from '../../text/hash.ts';
import type { LabelName, Labels } from './labels.ts';
import { compileCondition, type Match, type Verdict } from './match.ts';

/**
 * InhibitionSettings is an inhibition as configured, with Alertmanager's meaning: a finding that matches `source` mutes, for a
 * time, the findings that match `target` and have the same values of the labels in `equal`.
 */
export interface InhibitionSettings {
  readonly name: string;
  readonly source: Match;
  readonly target: Match;
  readonly equal: readonly LabelName[];
  /** Milliseconds for which a finding of the source mutes, from its acceptance on. */
  readonly forMs: number;
  readonly reason: string;
}

/** Started is an inhibition that a finding of the source sets off: until then it mutes the findings with the same key. */
export interface Started {
  /** 32 hex digits. */
  readonly key: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** Muting is an inhibition that mutes a finding if its key was started and has not ended. */
export interface Muting {
  readonly key: string;
  readonly name: string;
  readonly reason: string;
}

/** InhibitionStep is what one inhibition does with a finding, for a person. */
export interface InhibitionStep {
  readonly inhibition: InhibitionSettings;
  readonly source: Verdict;
  readonly target: Verdict;
  /** A label of `equal` that the finding doesn't have: then it neither mutes nor is muted. */
  readonly lacks?: LabelName;
  readonly starts: boolean;
  readonly mutable: boolean;
}

export interface Inhibitions {
  /**
   * starts lists the inhibitions that a finding sets off. Call it only for findings that notify: a finding that is suppressed,
   * muted or on trial must not mute others, or nobody would be notified of either.
   */
  readonly starts: (labels: Labels, now: Date) => readonly Started[];
  /** muting lists the inhibitions that can mute a finding; the first of them that is in force is the reason. */
  readonly muting: (labels: Labels) => readonly Muting[];
  readonly steps: (labels: Labels) => readonly InhibitionStep[];
}

/** As in Alertmanager, a finding that matches both sides is not muted by another that matches both, so none mutes itself. */
type Side = 'source' | 'both';

/** How many targets of one finding are compared: an event may name thousands. */
const mostTargets = 32;

/** createInhibitions compiles inhibitions; an InhibitionStore remembers which of their keys are in force. */
export function createInhibitions(all: readonly InhibitionSettings[]): Inhibitions {
  const compiled = all.map((inhibition) => ({
    inhibition,
    inSource: compileCondition({ match: inhibition.source }),
    inTarget: compileCondition({ match: inhibition.target }),
  }));
  return {
    starts: (labels, now) =>
      compiled.flatMap(({ inhibition, inSource, inTarget }) => {
        if (!inSource(labels).fits) return [];
        const side: Side = inTarget(labels).fits ? 'both' : 'source';
        const { name, forMs } = inhibition;
        return keysOf(inhibition, side, labels).map((key) => ({ key, name, untilMs: now.getTime() + forMs }));
      }),
    muting: (labels) =>
      compiled.flatMap(({ inhibition, inSource, inTarget }) => {
        if (!inTarget(labels).fits) return [];
        const sides: readonly Side[] = inSource(labels).fits ? ['source'] : ['source', 'both'];
        const { name, reason } = inhibition;
        return sides.flatMap((side) => keysOf(inhibition, side, labels).map((key) => ({ key, name, reason })));
      }),
    steps: (labels) =>
      compiled.map(({ inhibition, inSource, inTarget }) => {
        const source = inSource(labels);
        const target = inTarget(labels);
        const lacks = inhibition.equal.find((label) => (labels[label] ?? []).length === 0);
        const whole = lacks === undefined;
        return {
          inhibition,
          source,
          target,
          ...(lacks && { lacks }),
          starts: source.fits && whole,
          mutable: target.fits && whole,
        };
      }),
  };
}

/**
 * Findings with a common key agree. A label agrees when all its values do (an account's id and name), except `target`, where one
 * common value is enough, since an event names everything that it touched. A finding without one of the labels has no key.
 */
function keysOf({ name, equal }: InhibitionSettings, side: Side, labels: Labels): readonly string[] {
  const values = equal.map((label) => labels[label] ?? []);
  if (values.some(({ length }) => length === 0)) return [];
  const targets = equal.includes('target') ? values[equal.indexOf('target')]?.slice(0, mostTargets) : undefined;
  return (targets ?? [undefined]).map((target) => {
    const agreed = equal.map((label, at) => [label, label === 'target' ? [target] : values[at]?.toSorted()]);
    return hashOf([name, side, agreed]);
  });
}
