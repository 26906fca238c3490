/**
 * Chance that is drawn from words, so that the same words always draw the same, here and on the server.
 *
 * The twin of `quests/chance.py`; `tests/vectors/chance.json` holds both to the same answers. The browser's own
 * SHA-256 answers later, and only over HTTPS; this one answers at once.
 */

/** Between 0 and 1, evenly: the first 48 bits of SHA-256 over the words with U+001F between them. */
export function fraction(...words: readonly string[]): number {
  const [first = 0, second = 0] = sha256(new TextEncoder().encode(words.join("\x1f")));
  return (first * 2 ** 16 + (second >>> 16)) / 2 ** 48;
}

/** Where a name comes on a day, the least first: one of weight 2 is twice as often before one of weight 1. */
export function rank(day: string, name: string, weight: number): number {
  let least = 1;
  for (let turn = 0; turn < weight; turn++) least = Math.min(least, fraction(day, name, String(turn)));
  return least;
}

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** The first 32 bits behind the point. */
const behindThePoint = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32);
const PRIMES = firstPrimes(64);
const START = PRIMES.slice(0, 8).map((prime) => behindThePoint(Math.sqrt(prime)));
const ROUNDS = PRIMES.map((prime) => behindThePoint(Math.cbrt(prime)));

/** Eight words of 32 bits. Source: NIST, FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. */
function sha256(message: Uint8Array): Uint32Array {
  const blocks = Math.ceil((message.length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const padded = new DataView(new ArrayBuffer(blocks * BLOCK_BYTES));
  message.forEach((byte, index) => padded.setUint8(index, byte));
  padded.setUint8(message.length, 0x80);
  padded.setBigUint64(padded.byteLength - LENGTH_BYTES, BigInt(message.length) * 8n);
  const hash = Uint32Array.from(START);
  const w = new Uint32Array(64);
  const at = (index: number): number => w[index] ?? 0;
  for (let block = 0; block < padded.byteLength; block += BLOCK_BYTES) {
    for (let t = 0; t < 16; t++) w[t] = padded.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [early, late] = [at(t - 15), at(t - 2)];
      const s0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const s1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      w[t] = at(t - 16) + s0 + at(t - 7) + s1;
    }
    let [a, b, c, d, e, f, g, h] = Array.from(hash) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[t] ?? 0) + at(t)) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => (hash[index] = (hash[index] ?? 0) + word));
  }
  return hash;
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function firstPrimes(count: number): readonly number[] {
  const found: number[] = [];
  for (let one = 2; found.length < count; one++) if (found.every((prime) => one % prime !== 0)) found.push(one);
  return found;
}
