/**
 * regexRisk says what in a regular expression makes backtracking engines run away: a repetition inside a repetition, or
 * alternatives that begin alike inside one. Our own matcher may bear it; the rule's other readers may not. One pass, linear.
 */
export function regexRisk(source: string): string | undefined {
  const groups: Group[] = [newGroup(0)];
  for (let at = 0; at < source.length; at += 1) {
    const group = groups.at(-1) ?? newGroup(0);
    const char = source.charAt(at);
    const start = at;
    if (char === '\\') at += 1;
    else if (char === '[') at = endOfClass(source, at);
    else if (char === '(') {
      groups.push(newGroup(at));
      at = endOfGroupStart(source, at);
      continue;
    } else if (char === '|') {
      group.starts.push(undefined);
      continue;
    } else if (char === ')') {
      if (groups.length > 1) groups.pop();
      const outer = groups.at(-1) ?? newGroup(0);
      if (isRepeated(source, at + 1)) {
        const shown = JSON.stringify(source.slice(group.at, at + 2).slice(0, 60));
        if (group.repeats) return `a repetition inside a repetition: ${shown}`;
        if (startsAlike(group)) return `alternatives that begin alike inside a repetition: ${shown}`;
        outer.repeats = true;
      }
      outer.repeats ||= group.repeats;
      continue;
    }
    if (group.starts.at(-1) === undefined) group.starts[group.starts.length - 1] = source.slice(start, at + 1);
    if (isRepeated(source, at + 1)) group.repeats = true;
  }
  return undefined;
}

interface Group {
  readonly at: number;
  /** How each of its alternatives begins. */
  readonly starts: (string | undefined)[];
  repeats: boolean;
}

function newGroup(at: number): Group {
  return { at, starts: [undefined], repeats: false };
}

function startsAlike({ starts }: Group): boolean {
  return new Set(starts).size < starts.length || (starts.length > 1 && starts.includes('.'));
}

/** Whether `*`, `+`, `{n,}` or a high count follows. */
function isRepeated(source: string, at: number): boolean {
  const char = source.charAt(at);
  if (char === '*' || char === '+') return true;
  const count = /^\{\d{0,6}(?:(?<open>,)(?<most>\d{0,6}))?\}/.exec(source.slice(at, at + 20))?.groups;
  return count?.['open'] !== undefined && (count['most'] === '' || Number(count['most']) > 20);
}

function endOfClass(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source.charAt(at) === '\\') at += 1;
    else if (source.charAt(at) === ']') return at;
  }
  return source.length;
}

/** `(?:`, `(?=`, `(?<name>`: what stands before a group's content. */
function endOfGroupStart(source: string, at: number): number {
  const start = /^\(\?(?:[a-z]{0,5}:|<?[=!]|P?<\w{1,40}>)/.exec(source.slice(at, at + 50));
  return start === null ? at : at + start[0].length - 1;
}
