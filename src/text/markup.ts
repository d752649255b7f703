import { escapeHtml } from './html.ts';
import { plain } from './escape.ts';

/** Markup is HTML that is finished: safe to put on the page as it is. Only `html` and `trusted` make it. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[] | undefined;

/**
 * html writes HTML. Every value that isn't Markup is text from somewhere: it is made inert, both for HTML and for the eye
 * (characters that steer the direction of text or hide it are spelled out), so that no caller can forget to.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = tight(strings).map((literal, index) => literal + (index < values.length ? written(values[index]) : ''));
  return { markup: parts.join('') };
}

const tightened = new WeakMap<TemplateStringsArray, readonly string[]>();

// The templates' indentation, repeated for thousands of alerts, would be a third of the page.
function tight(strings: TemplateStringsArray): readonly string[] {
  const known = tightened.get(strings);
  if (known !== undefined) return known;
  const fresh = strings.map((literal) => literal.replace(/\n\s*/g, '\n'));
  tightened.set(strings, fresh);
  return fresh;
}

/** trusted takes text of our own, such as the page's style, as finished markup. */
export function trusted(markup: string): Markup {
  return { markup };
}

function written(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value.split('\n').map(plain).join('\n'));
  if ('markup' in value) return value.markup;
  return value.map(({ markup }) => markup).join('');
}
