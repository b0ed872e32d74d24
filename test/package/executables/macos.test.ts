import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { compileExecutable } from "../../../scripts/executables/build";
import type { Platform } from "../../../scripts/executables/platforms";

/**
 * The structure of the executables for macOS, which this project has not run on a Mac. The numbers are those of Mach-O (source:
 * loader.h, cs_blobs.h).
 */
const MAGIC_64 = 0xfeedfacf;
const PROCESSOR = { x64: 0x01000007, arm64: 0x0100000c } as const;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const CODE_DIRECTORY = 0xfade0c02;

let folder: string;
beforeAll(() => void (folder = newFolder()));

function compile(platform: Platform): Buffer {
  const made = join(folder, `terraform-provider-genauth-${platform}`);
  compileExecutable(join(__dirname, "../../../dist/genauth-provider.js"), platform, made);
  return readFileSync(made);
}

/** The load commands: number and content. */
function loadCommands(file: Buffer): { readonly command: number; readonly bytes: Buffer }[] {
  let offset = HEADER_BYTES;
  return Array.from({ length: file.readUInt32LE(16) }, () => {
    const bytes = file.subarray(offset, offset + file.readUInt32LE(offset + 4));
    offset += bytes.length;
    return { command: bytes.readUInt32LE(0), bytes };
  });
}

/** Where the last segment ends in the file. */
function endOfSegments(file: Buffer): number {
  const segments = loadCommands(file).filter(({ command }) => command === LC_SEGMENT_64);
  return Math.max(
    ...segments.map(({ bytes }) => Number(bytes.readBigUInt64LE(40) + bytes.readBigUInt64LE(48))),
  );
}

test("the one for arm64 has a signature whose hash fits every page", () => {
  const file = compile("darwin_arm64");
  expect([file.readUInt32LE(0), file.readUInt32LE(4)]).toEqual([MAGIC_64, PROCESSOR.arm64]);
  expect(endOfSegments(file)).toBe(file.length);
  const signature = loadCommands(file).find(({ command }) => command === LC_CODE_SIGNATURE);
  if (!signature) throw new Error("It is not signed, and macOS on arm64 would end it.");
  const blob = file.subarray(signature.bytes.readUInt32LE(8));
  const directory = blob.subarray(blob.readUInt32BE(16));
  expect(directory.readUInt32BE(0)).toBe(CODE_DIRECTORY);
  const [hashes, pages, limit] = [16, 28, 32].map((at) => directory.readUInt32BE(at)) as [
    number,
    number,
    number,
  ];
  const hashBytes = directory.readUInt8(36);
  const pageBytes = 2 ** directory.readUInt8(39);
  expect(pages).toBe(Math.ceil(limit / pageBytes));
  const wrong = Array.from({ length: pages }, (_, page) => page).filter((page) => {
    const content = file.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, limit));
    const expected = directory.subarray(hashes + page * hashBytes, hashes + (page + 1) * hashBytes);
    return !createHash("sha256").update(content).digest().subarray(0, hashBytes).equals(expected);
  });
  expect(wrong).toEqual([]);
});

test("the one for x64 has no signature, and no rest of one", () => {
  const file = compile("darwin_amd64");
  expect([file.readUInt32LE(0), file.readUInt32LE(4)]).toEqual([MAGIC_64, PROCESSOR.x64]);
  expect(loadCommands(file).map(({ command }) => command)).not.toContain(LC_CODE_SIGNATURE);
  expect(endOfSegments(file)).toBe(file.length);
});
