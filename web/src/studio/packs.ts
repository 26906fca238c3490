/** Packs as authors bring them: a zip, of which the studio reads only whose it is. */

const SHEET = /(^|\/)quest\.toml$/;
const ID = /^\s*id\s*=\s*["']([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})["']/m;

/** The quest's id, as its `quest.toml` says it; nothing where the file is no pack. */
export async function questOf(file: Blob): Promise<string | undefined> {
  const { unzip, strFromU8 } = await import("fflate");
  const zip = new Uint8Array(await file.arrayBuffer());
  const sheets = await new Promise<Record<string, Uint8Array>>((done) =>
    unzip(zip, { filter: ({ name, originalSize }) => SHEET.test(name) && originalSize < 1_000_000 }, (no, found) =>
      done(no ? {} : found),
    ),
  );
  const [nearest] = Object.keys(sheets).sort((one, other) => one.split("/").length - other.split("/").length);
  return nearest && ID.exec(strFromU8(sheets[nearest]!))?.[1];
}
