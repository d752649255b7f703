import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { gunzipMember, GzipError } from '../../../../src/archive/verification/gzip-member.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(packed: Uint8Array, size = 100): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of gunzipMember(inPieces(packed, size))) pieces.push(piece);
  return Buffer.concat(pieces);
}

const content = Buffer.from(JSON.stringify({ Records: [{ eventID: 'a', noise: randomBytes(400).toString('hex') }] }));
const whole = gzipSync(content);

/** With a name, a comment, extra bytes and a checksum of the header, as other tools write it. */
function withLongHeader(): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3]);
  const fields = [
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name.json\0'),
    Buffer.from('a comment\0'),
    Buffer.from([9, 9]),
  ];
  return Buffer.concat([header, ...fields, deflateRawSync(content), whole.subarray(-8)]);
}

describe('a single member', () => {
  test.each([1, 7, 100, 1_000_000])('is unpacked, in pieces of %d bytes', async (size) => {
    expect(await unpack(whole, size)).toEqual(content);
    expect(await unpack(withLongHeader(), size)).toEqual(content);
    expect(await unpack(gzipSync(''), size)).toEqual(Buffer.alloc(0));
  });

  test('is unpacked as Node does, whatever it holds and however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 500 }), async (bytes, size) => {
        const packed = gzipSync(bytes);
        expect(await unpack(packed, size)).toEqual(gunzipSync(packed));
      }),
      { numRuns: 50 },
    );
  });
});

describe.each<[string, Buffer]>([
  ['other bytes behind it', Buffer.concat([whole, Buffer.from('{"Records":[]}')])],
  ['a single byte behind it', Buffer.concat([whole, Buffer.from([0])])],
  ['its own end once more behind it', Buffer.concat([whole, whole.subarray(-8)])],
  ['another member behind it', Buffer.concat([whole, gzipSync('more')])],
  ['an empty member behind it', Buffer.concat([whole, gzipSync('')])],
  ['an empty member before it', Buffer.concat([gzipSync(''), whole])],
  ['its end cut off', whole.subarray(0, -1)],
  ['its data cut off', whole.subarray(0, -20)],
  ['nothing but a header', whole.subarray(0, 10)],
  ['half a header', whole.subarray(0, 5)],
  ['a wrong checksum', Buffer.concat([whole.subarray(0, -8), Buffer.alloc(4), whole.subarray(-4)])],
  ['a wrong length', Buffer.concat([whole.subarray(0, -4), Buffer.alloc(4)])],
  ['damaged data', Buffer.concat([whole.subarray(0, 10), randomBytes(300)])],
  ['a header without an end', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8]), Buffer.alloc(100_000, 0x41)])],
])('gzip data with %s', (_what, packed) => {
  test.each([1, 64, 1_000_000])('is refused, in pieces of %d bytes', async (size) => {
    await expect(unpack(packed, size)).rejects.toThrow(GzipError);
  });
});

test('a read that fails is thrown as it is', async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, 20);
    throw new Error('ECONNRESET');
  };
  await expect(gunzipMember(broken()).next()).rejects.toThrow('ECONNRESET');
});
