/** Condition is a parsed `condition`: precedence is not, and, or. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly kind: 'not'; readonly item: Condition }
  | { readonly kind: 'search'; readonly name: string }
  | { readonly kind: 'selector'; readonly quantity: 'any' | 'all'; readonly pattern: string };

const maxChars = 10_000;
const maxDepth = 50;
const blank = /\s/;
const bracket = /[()]/;
const word = /^[\p{L}\p{N}_.*-]+$/u;
const keywords = new Set(['and', 'or', 'not', 'of']);

/** parseCondition reads the condition grammar; a fault says what is wrong, for a person, with a code for a program. */
export function parseCondition(
  text: string,
): { readonly condition: Condition } | { readonly fault: string; readonly code: string } {
  if (text.includes('|')) {
    return {
      code: 'pipe-in-condition',
      fault:
        'aggregations behind | are no longer part of Sigma: name this rule in a correlation document instead ' +
        '(type event_count, value_count or temporal, with group-by, timespan and condition)',
    };
  }
  if (text.length > maxChars) return { code: 'condition', fault: `longer than ${maxChars} characters` };
  try {
    return { condition: new ConditionParser(tokensOf(text)).parse() };
  } catch (error) {
    if (error instanceof ConditionError) return { code: 'condition', fault: error.message };
    throw error;
  }
}

/** searchNamesOf lists the searches that a condition names outright, not those selected by a pattern. */
export function searchNamesOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.items.flatMap(searchNamesOf);
    case 'not':
      return searchNamesOf(condition.item);
    case 'search':
      return [condition.name];
    case 'selector':
      return [];
    default:
      throw new Error(condition satisfies never);
  }
}

/**
 * selectSearches lists the searches that a selector's pattern means. `them` is all of them; `*` stands for any letters.
 * Names that begin with an underscore are left out unless the pattern begins with one too, as in pySigma.
 */
export function selectSearches(pattern: string, names: Iterable<string>): readonly string[] {
  const parts = pattern === 'them' ? ['', ''] : pattern.split('*');
  return [...names].filter((name) => matchesParts(name, parts) && (pattern.startsWith('_') || !name.startsWith('_')));
}

function matchesParts(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

class ConditionError extends Error {}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  let current = '';
  const flush = (): void => {
    if (current !== '') tokens.push(current);
    current = '';
  };
  for (const char of text) {
    if (blank.test(char)) flush();
    else if (bracket.test(char)) {
      flush();
      tokens.push(char);
    } else current += char;
  }
  flush();
  return tokens;
}

class ConditionParser {
  readonly #tokens: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    if (this.#tokens.length === 0) throw new ConditionError('it is empty');
    const condition = this.#or();
    const rest = this.#peek();
    if (rest === ')') throw new ConditionError('a ) has no ( before it');
    if (rest !== undefined)
      throw new ConditionError(`expected and / or before ${JSON.stringify(rest)}${this.#caseHint(rest)}`);
    return condition;
  }

  #or(): Condition {
    return this.#chain('or', () => this.#and());
  }

  #and(): Condition {
    return this.#chain('and', () => this.#not());
  }

  #chain(kind: 'and' | 'or', operand: () => Condition): Condition {
    const first = operand();
    const items = [first];
    while (this.#peek() === kind) {
      this.#next += 1;
      items.push(operand());
    }
    return items.length === 1 ? first : { kind, items };
  }

  #not(): Condition {
    if (this.#peek() !== 'not') return this.#operand();
    this.#next += 1;
    return this.#nested(() => ({ kind: 'not', item: this.#not() }));
  }

  #operand(): Condition {
    const token = this.#peek();
    if (token === undefined) throw new ConditionError('it ends where the name of a search should follow');
    this.#next += 1;
    if (token === '(') {
      const inside = this.#nested(() => this.#or());
      if (this.#peek() !== ')')
        throw new ConditionError(this.#peek() === undefined ? 'a ( is never closed' : this.#unexpected());
      this.#next += 1;
      return inside;
    }
    if (token === ')') throw new ConditionError('a ) stands where the name of a search should');
    if (this.#peek() === 'of') return this.#selector(token);
    if (keywords.has(token))
      throw new ConditionError(`${JSON.stringify(token)} stands where the name of a search should`);
    if (!word.test(token) || token.includes('*')) {
      const hint = token.includes('*') ? `: write \`1 of ${token}\` or \`all of ${token}\`` : '';
      throw new ConditionError(`${JSON.stringify(token)} is not the name of a search${hint}`);
    }
    return { kind: 'search', name: token };
  }

  #selector(quantity: string): Condition {
    this.#next += 1;
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all') {
      throw new ConditionError(
        `${JSON.stringify(`${quantity} of`)}: only \`1 of\`, \`any of\` and \`all of\` are Sigma`,
      );
    }
    const pattern = this.#peek();
    if (pattern === undefined || !word.test(pattern) || keywords.has(pattern)) {
      throw new ConditionError(
        `\`${quantity} of\` must be followed by \`them\` or the name of searches, e.g. selection_*`,
      );
    }
    this.#next += 1;
    return { kind: 'selector', quantity: quantity === 'all' ? 'all' : 'any', pattern };
  }

  #nested(read: () => Condition): Condition {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new ConditionError(`it nests deeper than ${maxDepth} levels`);
    const condition = read();
    this.#depth -= 1;
    return condition;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #unexpected(): string {
    const token = this.#peek() ?? '';
    return `expected and, or or ) before ${JSON.stringify(token)}${this.#caseHint(token)}`;
  }

  #caseHint(token: string): string {
    return keywords.has(token.toLowerCase()) ? '; operators are written in lower case' : '';
  }
}
