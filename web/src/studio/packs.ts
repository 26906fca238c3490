/** Packs as authors bring them: a zip, of which the studio reads only whose it is. The browser itself inflates. */

const SHEET = /(^|\/)quest\.toml$/;
const SHEET_MOST_BYTES = 1_000_000;
const ID = /^\s*id\s*=\s*["']([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})["']/m;

// APPNOTE.TXT 6.3, 4.3.7, 4.3.12 and 4.3.16: a file's own head, its line in the directory, the directory's end.
const HEAD_BYTES = 30;
const LINE = { mark: 0x02014b50, bytes: 46 } as const;
const END = { mark: 0x06054b50, bytes: 22, most: 22 + 65_535 } as const;
const STORED = 0;
const DEFLATED = 8;

type Member = { readonly name: string; readonly method: number; readonly packed: number; readonly at: number };

/** The quest's id, as its `quest.toml` says it; nothing where the file is no pack. */
export async function questOf(file: Blob): Promise<string | undefined> {
  try {
    const sheets = (await membersOf(file)).filter(({ name }) => SHEET.test(name));
    const [nearest] = sheets.sort((one, other) => depth(one) - depth(other));
    return nearest && ID.exec(await textOf(file, nearest))?.[1];
  } catch {
    return undefined; // cut off, or no zip at all
  }
}

const depth = ({ name }: Member): number => name.split("/").length;

async function membersOf(file: Blob): Promise<Member[]> {
  const tail = await bytesOf(file, Math.max(0, file.size - END.most), file.size);
  let end = tail.byteLength - END.bytes;
  while (end >= 0 && tail.getUint32(end, true) !== END.mark) end -= 1;
  if (end < 0) return [];
  const [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = await bytesOf(file, start, start + size);
  const members: Member[] = [];
  for (let at = 0; at + LINE.bytes <= directory.byteLength && directory.getUint32(at, true) === LINE.mark;) {
    const [name, extra, said] = [28, 30, 32].map((part) => directory.getUint16(at + part, true));
    const written = new Uint8Array(directory.buffer, at + LINE.bytes, name);
    if (directory.getUint32(at + 24, true) <= SHEET_MOST_BYTES)
      members.push({
        name: new TextDecoder().decode(written),
        method: directory.getUint16(at + 10, true),
        packed: directory.getUint32(at + 20, true),
        at: directory.getUint32(at + 42, true),
      });
    at += LINE.bytes + name! + extra! + said!;
  }
  return members;
}

async function textOf(file: Blob, { method, packed, at }: Member): Promise<string> {
  const head = await bytesOf(file, at, at + HEAD_BYTES);
  const from = at + HEAD_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const body = file.slice(from, from + packed);
  if (method === STORED) return body.text();
  if (method !== DEFLATED) return "";
  return new Response(body.stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

async function bytesOf(file: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await file.slice(from, to).arrayBuffer());
}
