/** At most this many links of a page are checked, so that one page cannot fill a run. */
export const maxLinks = 100;

/** Servers take no longer addresses, nor do alerts. */
const maxLinkChars = 2_000;

/** The attributes that hold a page's links and its parts. */
const linking: ReadonlyMap<string, string> = new Map([
  ['a', 'href'],
  ['area', 'href'],
  ['link', 'href'],
  ['img', 'src'],
  ['script', 'src'],
  ['iframe', 'src'],
]);

/**
 * linksOf lists the web addresses of a page's links and parts, each once and without its fragment, at most `maxLinks`.
 * It reads tags alone, in time linear in the page's length, and never throws.
 */
export function linksOf(html: string, page: URL): readonly URL[] {
  const found = new Map<string, URL>();
  let base = page;
  for (const { name, attributes } of tagsOf(html)) {
    if (name === 'base') base = URL.parse(attributes.get('href') ?? '', page.href) ?? base;
    const value = attributes.get(linking.get(name) ?? '');
    if (value === undefined || value === '' || value.length > maxLinkChars) continue;
    // A page may name hosts for early connections: nothing has to answer there.
    if (name === 'link' && isHint(attributes.get('rel'))) continue;
    const url = URL.parse(value, base.href);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') continue;
    url.hash = '';
    found.set(url.href, url);
    if (found.size >= maxLinks) break;
  }
  return [...found.values()];
}

function isHint(rel: string | undefined): boolean {
  return /\b(?:preconnect|dns-prefetch)\b/i.test(rel ?? '');
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Everything between these tags is text. */
const textOnly: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title', 'noscript', 'template']);

function* tagsOf(html: string): Generator<Tag> {
  // Only ASCII letters: lower case of others may have another length, which would shift every position.
  const lower = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at < 0) return;
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      if (end < 0) return;
      at = end + 3;
      continue;
    }
    const name = nameAt(lower, at + 1);
    if (name === '') {
      at += 1;
      continue;
    }
    const { attributes, end } = attributesAt(html, at + 1 + name.length);
    yield { name, attributes };
    at = end;
    if (!textOnly.has(name)) continue;
    const close = lower.indexOf(`</${name}`, at);
    if (close < 0) return;
    at = close;
  }
}

function nameAt(lower: string, from: number): string {
  let end = from;
  // Relevant tags are shorter, and a page without `>` must not be read again and again.
  while (end < lower.length && end - from < 16 && /[a-z0-9]/.test(lower.charAt(end))) end += 1;
  return lower.slice(from, end);
}

function attributesAt(html: string, from: number): { attributes: ReadonlyMap<string, string>; end: number } {
  const attributes = new Map<string, string>();
  // One attribute after the last one: a name, and perhaps a value in either kind of quotes or without.
  const attribute = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|[\s/]*(?:(>)|=)/y;
  attribute.lastIndex = from;
  for (let match = attribute.exec(html); match !== null; match = attribute.exec(html)) {
    const end = attribute.lastIndex;
    if (match[5] !== undefined) return { attributes, end };
    const name = match[1]?.toLowerCase();
    if (name !== undefined && !attributes.has(name)) {
      attributes.set(name, textOf(match[2] ?? match[3] ?? match[4] ?? '').trim());
    }
  }
  return { attributes, end: html.length };
}

/** Addresses are full of `&`, which pages write as `&amp;`; other characters need no reference in them. */
function textOf(value: string): string {
  return value.replaceAll(/&(?:amp|#38|#x26);/gi, '&');
}
