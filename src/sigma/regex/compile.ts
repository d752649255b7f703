/** Regex answers whether a text has a match anywhere. */
export interface Regex {
  readonly test: (text: string) => boolean;
  readonly cost: number;
}

export function compileRegex(source: string, flags: string): Regex | { readonly fault: string } {
  try {
    const inline = /^\(\?([ims]+)\)/.exec(source);
    const expression = new RegExp(
      inline ? source.slice(inline[0].length) : source,
      [...new Set(flags + (inline?.[1] ?? ''))].join(''),
    );
    return { cost: 1, test: (text) => expression.test(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
