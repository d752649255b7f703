import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** Certificate is a server's key and its self-signed certificate, which is also what a client has to trust. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * selfSigned makes a certificate for hosts, valid between two times. Node reads X.509 and doesn't write it; this is the
 * least of it that TLS takes. https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function selfSigned(hosts: readonly string[], from: Date, to: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(ecdsaWithSha256);
  const name = sequence(set(sequence(commonName, element(0x0c, Buffer.from('trailwatch test')))));
  const names = hosts.map((host) =>
    isIP(host) === 4
      ? element(0x87, Buffer.from(host.split('.').map(Number)))
      : element(0x82, Buffer.from(host, 'ascii')),
  );
  const extensions = sequence(sequence(subjectAltName, element(0x04, sequence(...names))));
  const certificate = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(timeOf(from), timeOf(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, extensions),
  );
  const signature = sign('sha256', certificate, privateKey);
  const signed = sequence(certificate, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(signed) };
}

const ecdsaWithSha256 = element(0x06, Buffer.from('2a8648ce3d040302', 'hex'));
const commonName = element(0x06, Buffer.from('550403', 'hex'));
const subjectAltName = element(0x06, Buffer.from('551d11', 'hex'));

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

/** Always with four digits for the year. */
function timeOf(date: Date): Buffer {
  return element(0x18, Buffer.from(`${date.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`, 'ascii'));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
