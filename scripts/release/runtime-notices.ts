import licenses from "spdx-license-list/full";
import { runtimeVersion } from "../executables/runtime";

/** A part of the runtime that is linked into each executable (source: LICENSE.md of Bun). */
interface LinkedPart {
  readonly name: string;
  /** SPDX identifiers of the licences that apply. */
  readonly licenses: readonly string[];
  readonly source: string;
}

const GITHUB = "https://github.com";

/** Bun itself first. Parts that are only linked on other systems than Linux and macOS are left out. */
export const LINKED_PARTS: readonly LinkedPart[] = [
  { name: "Bun", licenses: ["MIT"], source: `${GITHUB}/oven-sh/bun` },
  {
    name: "JavaScriptCore and other parts of WebKit",
    licenses: ["LGPL-2.0-only", "BSD-2-Clause"],
    source: `${GITHUB}/oven-sh/WebKit`,
  },
  {
    name: "BoringSSL",
    licenses: ["Apache-2.0", "OpenSSL", "ISC"],
    source: "https://boringssl.googlesource.com/boringssl",
  },
  { name: "Brotli", licenses: ["MIT"], source: `${GITHUB}/google/brotli` },
  { name: "libarchive", licenses: ["BSD-2-Clause"], source: `${GITHUB}/libarchive/libarchive` },
  { name: "lol-html", licenses: ["BSD-3-Clause"], source: `${GITHUB}/cloudflare/lol-html` },
  { name: "ls-hpack", licenses: ["MIT"], source: `${GITHUB}/litespeedtech/ls-hpack` },
  { name: "ls-qpack", licenses: ["MIT"], source: `${GITHUB}/litespeedtech/ls-qpack` },
  { name: "lsquic", licenses: ["MIT", "BSD-3-Clause"], source: `${GITHUB}/litespeedtech/lsquic` },
  { name: "mimalloc", licenses: ["MIT"], source: `${GITHUB}/microsoft/mimalloc` },
  { name: "picohttpparser", licenses: ["MIT"], source: `${GITHUB}/h2o/picohttpparser` },
  { name: "Zstandard", licenses: ["BSD-3-Clause"], source: `${GITHUB}/facebook/zstd` },
  { name: "simdutf", licenses: ["Apache-2.0"], source: `${GITHUB}/simdutf/simdutf` },
  { name: "TinyCC", licenses: ["LGPL-2.1-only"], source: `${GITHUB}/tinycc/tinycc` },
  { name: "uSockets", licenses: ["Apache-2.0"], source: `${GITHUB}/uNetworking/uSockets` },
  { name: "uWebSockets", licenses: ["Apache-2.0"], source: `${GITHUB}/uNetworking/uWebSockets` },
  { name: "zlib-ng", licenses: ["Zlib"], source: `${GITHUB}/zlib-ng/zlib-ng` },
  { name: "c-ares", licenses: ["MIT"], source: `${GITHUB}/c-ares/c-ares` },
  { name: "ICU", licenses: ["Unicode-3.0", "ICU"], source: `${GITHUB}/unicode-org/icu` },
  { name: "base64", licenses: ["BSD-2-Clause"], source: `${GITHUB}/aklomp/base64` },
  { name: "libdeflate", licenses: ["MIT"], source: `${GITHUB}/ebiggers/libdeflate` },
  {
    name: "libjpeg-turbo",
    licenses: ["BSD-3-Clause", "IJG", "Zlib"],
    source: `${GITHUB}/libjpeg-turbo/libjpeg-turbo`,
  },
  { name: "libspng", licenses: ["BSD-2-Clause"], source: `${GITHUB}/randy408/libspng` },
  { name: "libwebp", licenses: ["BSD-3-Clause"], source: `${GITHUB}/webmproject/libwebp` },
  { name: "Highway", licenses: ["Apache-2.0"], source: `${GITHUB}/google/highway` },
  { name: "uucode", licenses: ["MIT"], source: `${GITHUB}/jacobsandlund/uucode` },
  {
    name: "LLVM libc++abi",
    licenses: ["Apache-2.0", "LLVM-exception"],
    source: `${GITHUB}/llvm/llvm-project`,
  },
  { name: "acorn, acorn-walk", licenses: ["MIT"], source: `${GITHUB}/acornjs/acorn` },
  {
    name:
      "npm packages: assert, browserify-zlib, buffer, constants-browserify, crypto-browserify, domain-browser, events, " +
      "https-browserify, os-browserify, path-browserify, process, punycode, querystring-es3, stream-browserify, stream-http, " +
      "string_decoder, timers-browserify, tty-browserify, url, util, vm-browserify",
    licenses: ["MIT"],
    source: "https://www.npmjs.com",
  },
];

/** SPDX lists exceptions apart from licences, without a text in the package. */
const EXCEPTIONS = ["LLVM-exception"];

const LINE = `\n${"-".repeat(80)}\n\n`;

/**
 * The notices of the runtime: its parts with licence and source, and the text of each licence. Bun's npm packages hold no
 * licence text.
 */
export function runtimeNotices(): string {
  const parts = LINKED_PARTS.map(
    ({ name, licenses: ids, source }) => `${name}\n  ${ids.join(", ")}\n  ${source}`,
  );
  const ids = [...new Set(LINKED_PARTS.flatMap((part) => part.licenses))]
    .filter((id) => !EXCEPTIONS.includes(id))
    .sort();
  return [
    `The executables contain Bun ${runtimeVersion()} with the following parts. Their authors hold the copyright; the sources name them.\n\n` +
      "JavaScriptCore and TinyCC are under the LGPL. The runtime is the unchanged file of the npm package: to use changed versions\n" +
      "of the two, build Bun with them as its sources describe, and compile the scripts of this package again with the result\n" +
      `(scripts/executables/ in the sources of cdktf-genauth).\n\n${parts.join("\n\n")}\n`,
    ...ids.map((id) => `${id}\n\n${licenseText(id)}\n`),
  ].join(LINE);
}

function licenseText(id: string): string {
  const license = licenses[id];
  if (license === undefined) throw new Error(`SPDX knows no licence ${id}.`);
  return license.licenseText.trim();
}
