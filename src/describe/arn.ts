/** Arn is an ARN taken apart; `resource` keeps everything after the account, colons and slashes included. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** arnOf takes an ARN apart, or answers nothing when the text isn't one. */
export function arnOf(text: string | undefined): Arn | undefined {
  if (text === undefined || !text.startsWith('arn:')) return undefined;
  const [, , service, region, account, ...rest] = text.split(':', 2048);
  if (service === undefined || region === undefined || account === undefined || rest.length === 0) return undefined;
  return { service, region, account, resource: rest.join(':') };
}

/** lastOf is what follows the last slash or colon: the name at the end of an ARN or of a path. */
export function lastOf(text: string): string {
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
  return name === '' ? text : name;
}
