import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** A file of an archive. */
export interface ArchiveFile {
  readonly content: Buffer;
  readonly mode: number;
}

/** The earliest time that a zip file can hold. Local, because zip files know no time zone. */
const TIME = new Date(1980, 0, 1);

/** Packs files, by name. The same files give the same bytes, on the same version of Node.js. */
export async function zipFiles(files: Readonly<Record<string, ArchiveFile>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const name of Object.keys(files).sort()) {
    const { content = Buffer.alloc(0), mode = 0o644 } = files[name] ?? {};
    zip.addBuffer(content, name, { mtime: TIME, mode: 0o100000 | mode, forceDosTimestamp: true });
  }
  zip.end();
  return buffer(zip.outputStream);
}
