import type { Statement } from './document.ts';
import { covers, overlap } from './glob.ts';

/** coversActions says whether one statement is about every action that another is about. */
export function coversActions(wide: Statement, narrow: Statement): boolean {
  return coversList(wide.actions, wide.notActions, narrow.actions, narrow.notActions);
}

/** coversResources says the same of resources; a statement without any, as in a trust policy, is about the policy's own resource. */
export function coversResources(wide: Statement, narrow: Statement): boolean {
  return coversList(wide.resources, wide.notResources, narrow.resources, narrow.notResources);
}

const everything: readonly string[] = ['*'];

function coversList(
  wide: readonly string[] | undefined,
  notWide: readonly string[] | undefined,
  narrow: readonly string[] | undefined,
  notNarrow: readonly string[] | undefined,
): boolean {
  if (notNarrow !== undefined) {
    // All but some: within all, and within all but some of the same.
    if (notWide === undefined) return (wide ?? everything).some((pattern) => covers(pattern, '*'));
    return notWide.every((excluded) => notNarrow.some((pattern) => covers(pattern, excluded)));
  }
  const given = narrow ?? everything;
  if (notWide !== undefined) return given.every((pattern) => !notWide.some((excluded) => overlap(excluded, pattern)));
  return given.every((pattern) => (wide ?? everything).some((one) => covers(one, pattern)));
}

/** includesAction says whether a statement is about an action, given in lower case. */
export function includesAction({ actions, notActions }: Statement, action: string): boolean {
  if (notActions !== undefined) return !notActions.some((pattern) => covers(pattern, action));
  return (actions ?? []).some((pattern) => covers(pattern, action));
}

/**
 * isWide says whether a statement's resources are not particular ones: `*`, all of a kind (`arn:aws:iam::*:role/*`), or all
 * but some. A resource named after the caller (`user/${aws:username}`) is a particular one.
 */
export function isWide({ resources, notResources }: Statement): boolean {
  if (notResources !== undefined) return !notResources.some((resource) => covers(resource, '*'));
  return (resources ?? everything).some((resource) => /^\*+$/.test(resource) || isWholeKind(resource));
}

function isWholeKind(resource: string): boolean {
  const [arn, , service, , , ...name] = resource.split(':');
  if (arn?.toLowerCase() !== 'arn') return false;
  // A bucket's name stands where other services have the kind of the resource.
  const kind = service?.toLowerCase() === 's3' ? /^\*+$/ : /^(?:[a-z-]+[/:])?\*+$/i;
  return kind.test(name.join(':'));
}
