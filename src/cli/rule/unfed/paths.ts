import type { DetectionItem, Remark } from '../../../sigma/index.ts';

/** PathFault is a way of writing a path that other tools know and Sigma doesn't. A new one is a row. */
interface PathFault {
  readonly pattern: RegExp;
  readonly says: string;
  /** The path as it is meant. */
  readonly meant: (field: string) => string;
}

const faults: readonly PathFault[] = [
  {
    pattern: /\[(?:\d{0,6}|\*|-\d{1,6})\]|\{\}/,
    says: 'brackets are part of the name; a path looks into each element of a list by itself',
    meant: (field) => field.replaceAll(/\[(?:\d{0,6}|\*|-\d{1,6})\]|\{\}/g, ''),
  },
  {
    pattern: /\.\d{1,6}(?=\.|$)/,
    says: 'a number is a name, not the place in a list; a path looks into each element of a list by itself',
    meant: (field) => field.replaceAll(/\.\d{1,6}(?=\.|$)/g, ''),
  },
  { pattern: /^\$\.?/, says: 'a path begins with a name', meant: (field) => field.replace(/^\$\.?/, '') },
  {
    pattern: /^\//,
    says: 'the names of a path are joined by dots',
    meant: (field) => field.slice(1).replaceAll('/', '.'),
  },
  {
    pattern: /\.\.|^\.|\.$/,
    says: 'a name between two dots is missing',
    meant: (field) => field.replaceAll(/\.{2,}/g, '.').replaceAll(/^\.|\.$/g, ''),
  },
  {
    pattern: /^\s|\s$|\s\.|\.\s/,
    says: 'the blanks are part of the name',
    meant: (field) => field.replaceAll(/\s*\.\s*/g, '.').trim(),
  },
];

/** pathRemarks warns of a field's name that no record has a value under. */
export function pathRemarks({ field, line }: DetectionItem): readonly Remark[] {
  const found = faults.find(({ pattern }) => pattern.test(field));
  if (found === undefined) return [];
  const message = `field ${JSON.stringify(field)} can't match: ${found.says}; write ${found.meant(field)}`;
  return [{ code: 'unmatched-path', message, line }];
}

/**
 * modifierRemarks warns of `all` on one value, which does nothing (a list was meant, or a second item), and of a backslash before a
 * placeholder, which tools read in two ways: here, and in pySigma from 2.0 on, it stands for itself.
 */
export function modifierRemarks(item: DetectionItem): readonly Remark[] {
  return [...allRemarks(item), ...placeholderRemarks(item)];
}

function placeholderRemarks({ field, modifiers, values, line }: DetectionItem): readonly Remark[] {
  const value = values.find((one) => typeof one === 'string' && /\\%[^%\\]+%/.test(one));
  if (!modifiers.includes('expand') || value === undefined) return [];
  const message = `${JSON.stringify(field)}: in ${JSON.stringify(value)} the backslash stands for itself and the placeholder behind it is expanded; pySigma before 2.0 takes the percent sign for one`;
  return [{ code: 'escaped-placeholder', message, line }];
}

function allRemarks({ field, modifiers, values, line }: DetectionItem): readonly Remark[] {
  if (!modifiers.includes('all') || values.length !== 1) return [];
  const message = `${JSON.stringify(field)}: "all" with one value does nothing; list the values that must all match, or leave it out`;
  return [{ code: 'single-all', message, line }];
}
