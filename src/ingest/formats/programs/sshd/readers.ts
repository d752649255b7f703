import { addressOf, beforeMark, endpointAt, onlyEndpoint, userFrom, userPerhapsFrom, withoutPreauth } from './words.ts';
import type { LineFields } from '../../text-format.ts';

/** `password for invalid user bob from 192.0.2.1 port 4711 ssh2: RSA SHA256:…`, after `Accepted ` or `Failed `. */
export function readLogin(rest: string): LineFields {
  const after = rest.indexOf(' for ');
  if (after === -1) return {};
  const method = { auth_method: rest.slice(0, after) };
  const text = withoutPreauth(rest.slice(after + 5));
  // Only the end of the line is sshd's own word: a key's type and fingerprint hold no space.
  const plain = /^(.*) ssh[12](?:: (\S+) (\S+))?$/s.exec(text);
  if (plain !== null) return { ...method, ...userFrom(plain[1] ?? ''), ...keyOf(plain[2], plain[3]) };
  // A certificate's key id, which follows, is the client's to choose just as the user name before the address is.
  return { ...method, ...onlyEndpoint(text), ...certificateAtEnd(text) };
}

function keyOf(type: string | undefined, fingerprint: string | undefined): LineFields {
  return type === undefined || fingerprint === undefined ? {} : { key_type: type, key_fingerprint: fingerprint };
}

/** `… ssh2: ED25519-CERT SHA256:… ID alice@example (serial 42) CA ED25519 SHA256:…`: what stands round the key's id is sshd's own. */
function certificateAtEnd(text: string): LineFields {
  const end = / \(serial (\d{1,20})\) CA (\S{1,64}) (\S{1,128})$/.exec(text.slice(-300));
  if (end === null) return {};
  const [tail, serial = '', type = '', fingerprint = ''] = end;
  const before = text.slice(0, text.length - tail.length);
  const key = / ssh2: (\S{1,64}-CERT\S{0,32}) (\S{1,128}) ID /.exec(before);
  return {
    ...(key !== null && { ...keyOf(key[1], key[2]), cert_id: before.slice(key.index + key[0].length) }),
    cert_serial: serial,
    ca_type: type,
    ca_fingerprint: fingerprint,
  };
}

/** `"alice@example" (serial 42) signed by ED25519 CA SHA256:… via /etc/ssh/ca.pub`. */
export function readCertificate(rest: string): LineFields {
  const end = /" \(serial (\d{1,20})\) signed by (\S{1,64}) CA (\S{1,128})(?: via (\S{1,256}))?$/.exec(
    withoutPreauth(rest).slice(-700),
  );
  if (end === null) return {};
  const [tail, serial = '', type = '', fingerprint = ''] = end;
  const text = withoutPreauth(rest);
  return {
    cert_id: text.slice(1, text.length - tail.length),
    cert_serial: serial,
    ca_type: type,
    ca_fingerprint: fingerprint,
  };
}

/** `ED25519 SHA256:… found at /home/alice/.ssh/authorized_keys:1`. */
export function readKey(rest: string): LineFields {
  const found = /^(\S{1,64}) (\S{1,128}) found at (.{1,512})$/s.exec(rest);
  return found === null ? {} : { ...keyOf(found[1], found[2]), key_file: found[3] ?? '' };
}

/** `root from 192.0.2.1 not allowed because not listed in AllowUsers`, `root password has expired (password aged)`. */
export function readNotAllowed(rest: string): LineFields {
  const mark = [' not allowed because ', ' password has expired', ' account has expired', ' authorized '].find(
    (words) => rest.includes(words),
  );
  const end = mark === undefined ? -1 : rest.lastIndexOf(mark);
  return mark === undefined || end === -1
    ? {}
    : { ...userPerhapsFrom(rest.slice(0, end)), reason: withoutPreauth(rest.slice(end + 1)) };
}

/** All that is left is why. */
export function reasonOf(rest: string): LineFields {
  return { reason: withoutPreauth(rest) };
}

/** `Authentication failure for illegal user bob from 192.0.2.1`. */
export function readPamError(rest: string): LineFields {
  const after = rest.indexOf(' for ');
  return after === -1 ? {} : { pam_message: rest.slice(0, after), ...userFrom(rest.slice(after + 5)) };
}

/** `root with correct key but not from a permitted host (host=client.example, ip=192.0.2.1, required=…).` */
export function readNotPermitted(rest: string): LineFields {
  const ip = /, ip=([^,\s]{2,64}),? /.exec(rest.slice(rest.lastIndexOf(' (host=')))?.[1];
  return {
    ...beforeMark(rest, ' with correct key but not from a permitted host'),
    ...(ip === undefined ? {} : addressOf(ip)),
  };
}

/** `"192.0.2.9" is set up for 192.0.2.1, ignoring`; the name is whatever the client's DNS says. */
export function readNastyName(rest: string): LineFields {
  const at = rest.lastIndexOf('" is set up for ');
  return at === -1 ? {} : { ...endpointAt(rest.slice(at + 16)), src_host: rest.slice(1, at) };
}

/** `ipv4: new 192.0.2.1/32 deferred penalty of 5 seconds for penalty: failed authentication`. */
export function readPenalty(rest: string): LineFields {
  const found = /^\S{1,16} (?:new|\S{1,32}) ?([\da-fA-F.:]{2,45})\/\d{1,3} /.exec(rest);
  const reason = rest.lastIndexOf('penalty: ');
  return {
    ...(found?.[1] !== undefined && addressOf(found[1])),
    ...(reason !== -1 && { reason: rest.slice(reason + 9) }),
  };
}

/** `#10 from [192.0.2.1]:4711 on [198.51.100.1]:22 past MaxStartups`. */
export function readDropped(rest: string): LineFields {
  const found = /from \[([^\]]{1,64})\]:(\d{1,5}) /.exec(rest);
  return found === null ? {} : { ...addressOf(found[1] ?? ''), src_port: Number(found[2]) };
}

/** `host.example (192.0.2.1)`. */
export function readRefused(rest: string): LineFields {
  const open = rest.lastIndexOf('(');
  return open === -1 ? endpointAt(rest) : addressOf(rest.slice(open + 1).replace(/\)$/, ''));
}

/** `host.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!`; the name is whatever the client's DNS says. */
export function readReverseMapping(rest: string): LineFields {
  const open = rest.lastIndexOf(' [');
  const close = rest.indexOf(']', open);
  return open === -1 || close === -1
    ? {}
    : { ...addressOf(rest.slice(open + 2, close)), src_host: rest.slice(0, open) };
}
