/** xmlOf writes data in the shape of AWS's query protocol: a list's items are called `member`. */
export function xmlOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${contentOf(value)}</${name}>`;
}

function contentOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => xmlOf('member', item)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => xmlOf(name, item))
      .join('');
  }
  return String(value).replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`);
}
