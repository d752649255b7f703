const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** escapeHtml makes text inert as HTML content and within a quoted attribute. It can't make an address safe to follow. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

/**
 * safeHref gives an address in its normal form when following it can't run a script: http and https only. The normal form
 * has no blanks, quotes or brackets left, but for `'`.
 */
export function safeHref(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { href, protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
