import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { HttpsProxyAgent } from "https-proxy-agent";
import fetch from "node-fetch";
import { getProxyForUrl } from "proxy-from-env";
import { replaceFile } from "../files";
import {
  hashesOf,
  archiveName,
  isIntact,
  type Platform,
  readReleaseIndex,
  releaseIndexName,
} from "../install";

/** The longest wait for a file of a release, in milliseconds. */
const TIMEOUT_MS = 600_000;

/**
 * Downloads the index and the archives of a release into the user's cache folder. Archives that are there and intact are not
 * downloaded again.
 *
 * @param address of the folder of the release, such as `https://example.com/genauth/0.1.0`
 * @param environment names the user's folders and the proxy
 * @returns the folder
 * @throws Error that says what to do, if a file cannot be downloaded or does not match the index
 */
export async function fetchRelease(
  address: string,
  version: string,
  platforms: readonly Platform[],
  { XDG_CACHE_HOME }: NodeJS.ProcessEnv,
): Promise<string> {
  const base = new URL(address.endsWith("/") ? address : `${address}/`);
  if (!isTrusted(base)) {
    throw new Error(`The release at ${address} must be at an https address. Nothing was installed.`);
  }
  const index = await download(new URL(releaseIndexName(version), base));
  const archives = readReleaseIndex(index.toString(), address);
  const folder = join(XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-genauth", "releases", version);
  for (const platform of platforms) {
    const name = archiveName(version, platform);
    await fetchArchive(new URL(name, base), hashesOf(platform, archives, address), join(folder, name));
  }
  replaceFile(join(folder, releaseIndexName(version)), index);
  return folder;
}

/** Whether nobody on the way can change what is downloaded, the index with its hashes included. */
function isTrusted({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || LOOPBACK.test(hostname);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

async function fetchArchive(url: URL, hashes: readonly string[], file: string): Promise<void> {
  if (existsSync(file) && isIntact(readFileSync(file), hashes)) return;
  const content = await download(url);
  if (!isIntact(content, hashes))
    throw new Error(
      `${url.href} does not match the index of its release, so nothing was installed. Try again.`,
    );
  replaceFile(file, content);
}

/** Downloads a file. Redirects are followed: places for releases send to their storage. None leads away from TLS. */
async function download(url: URL): Promise<Buffer> {
  let untrusted: URL | undefined;
  // Called for the address and for each redirect, before the request.
  const agent = (next: URL) => {
    if (!isTrusted(next)) throw new Error(`${(untrusted = next).href} is not an https address`);
    const proxy = LOOPBACK.test(next.hostname) ? "" : getProxyForUrl(next.href);
    return proxy ? new HttpsProxyAgent(proxy) : undefined;
  };
  let problem: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), agent });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    problem = `the answer is ${response.status}`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (untrusted) {
    throw new Error(
      `${url.href} leads to ${untrusted.href}, which is not an https address. Nothing was installed. Name the address of the release itself.`,
    );
  }
  throw new Error(
    `${url.href} cannot be downloaded: ${problem}. Check the address and the version. Nothing was installed.`,
  );
}
