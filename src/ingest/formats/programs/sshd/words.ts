import { isIP } from 'node:net';
import type { LineFields } from '../../text-format.ts';

/** `[invalid user ]NAME from ADDRESS[ port N][ id N]`, read from the right: NAME may itself hold ` from … port …`. */
export function userFrom(rest: string): LineFields {
  const text = withoutPreauth(rest);
  const from = text.lastIndexOf(' from ');
  return from === -1 ? {} : { ...userOf(text.slice(0, from)), ...endpointAt(text.slice(from + 6)) };
}

/** userFrom of a message that may leave out the address: `Too many authentication failures for root`, `Invalid user  from …`. */
export function userPerhapsFrom(rest: string): LineFields {
  const text = withoutPreauth(rest);
  return text.includes(' from ') ? userFrom(text) : userOf(text);
}

/** `… from ADDRESS[ port N]`, read from the right, in messages that name no user before it. */
export function endpointFrom(rest: string): LineFields {
  const text = withoutPreauth(rest);
  const from = text.lastIndexOf(' from ');
  return from === -1 ? {} : endpointAt(text.slice(from + 6));
}

/**
 * connectionId reads how sshd names a connection once somebody wants to sign in: `authenticating user NAME ADDRESS port N`, and
 * before that `ADDRESS port N`. With a name it is read from the right, where only sshd's own words stand: `: reason`, ` timed out`.
 */
export function connectionId(rest: string): LineFields {
  const words = withoutPreauth(rest);
  if (!userKinds.some((kind) => words.startsWith(kind))) return endpointAt(words);
  const port = words.lastIndexOf(' port ');
  const number = /^ port (\d{1,5})(?=$|[: ])/.exec(words.slice(port, port + 12));
  const text = port === -1 || number === null ? withoutReason(words) : words.slice(0, port);
  const space = text.lastIndexOf(' ');
  return {
    ...userOf(text.slice(0, space)),
    ...addressOf(text.slice(space + 1)),
    ...(number?.[1] !== undefined && { src_port: Number(number[1]) }),
  };
}

/** Releases before 6 don't say the port. */
function withoutReason(text: string): string {
  const colon = text.lastIndexOf(': ');
  return colon === -1 ? text : text.slice(0, colon);
}

/** connectionId of a message with the client's words behind it, too: where there are several addresses, none can be believed. */
export function onlyConnectionId(rest: string): LineFields {
  return userKinds.some((kind) => rest.startsWith(kind)) ? onlyEndpoint(rest) : endpointAt(rest);
}

/** The one `ADDRESS port N` of a text whose both sides are the client's. Where there are several, none can be believed. */
export function onlyEndpoint(rest: string): LineFields {
  const found: { readonly at: number; readonly fields: LineFields }[] = [];
  for (let at = rest.indexOf(' port '); at !== -1; at = rest.indexOf(' port ', at + 1)) {
    const start = rest.lastIndexOf(' ', at - 1) + 1;
    const fields = endpointAt(rest.slice(start, at + 12));
    if (fields['src_ip'] !== undefined && fields['src_port'] !== undefined) found.push({ at: start, fields });
    if (found.length > 1) return { unparsed: 'more than one address in what the client chose' };
  }
  const [only] = found;
  if (only === undefined) return {};
  const name = rest.slice(0, only.at).trimEnd();
  return { ...userOf(name.endsWith(' from') ? name.slice(0, -5) : name), ...only.fields };
}

/** `ADDRESS port N…`, `ADDRESS:…`, `ADDRESS…`, read from the left: what follows may be the client's words. */
export function endpointAt(rest: string): LineFields {
  const space = rest.indexOf(' ');
  const word = space === -1 ? rest : rest.slice(0, space);
  const port = space === -1 ? null : /^ port (\d{1,5})(?!\d)/.exec(rest.slice(space, space + 12));
  return { ...addressOf(word), ...(port?.[1] !== undefined && { src_port: Number(port[1]) }) };
}

/** An address as such, else the host name that stands there; `UNKNOWN` is neither. */
export function addressOf(word: string): LineFields {
  const trimmed = /^\[?([^\]]*?)\]?[:.,]?$/.exec(word)?.[1] ?? word;
  // `2001:db8::` ends in colons of its own.
  const address = isIP(word) > 0 ? word : trimmed;
  if (isIP(address) > 0)
    return { src_ip: address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address };
  return address === '' || address === 'UNKNOWN' ? {} : { src_host: address };
}

const userKinds = ['invalid user ', 'illegal user ', 'authenticating user ', 'user '];

function userOf(text: string): LineFields {
  const kind = userKinds.find((start) => text.startsWith(start));
  // An empty name leaves only the kind: `invalid user`.
  if (kind === undefined) return text === 'invalid user' ? { user: '', invalid_user: true } : { user: text };
  const user = text.slice(kind.length);
  return kind === 'invalid user ' || kind === 'illegal user ' ? { user, invalid_user: true } : { user };
}

/** The user's name, up to the words that sshd puts behind it. */
export function beforeMark(rest: string, mark: string): LineFields {
  const at = rest.lastIndexOf(mark);
  return at === -1 ? {} : userOf(rest.slice(0, at));
}

export function userAfter(rest: string, mark: string): LineFields {
  const at = rest.lastIndexOf(mark);
  return at === -1 ? {} : { user: rest.slice(at + mark.length) };
}

export function withoutPreauth(text: string): string {
  return text.endsWith(' [preauth]') ? text.slice(0, -10) : text;
}

export function withoutSsh2(text: string): string {
  const trimmed = withoutPreauth(text);
  return trimmed.endsWith(' ssh2') ? trimmed.slice(0, -5) : trimmed;
}
