import { once } from "node:events";
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { version } from "../../../../package.json";
import { createCertificate } from "../../../../src/plugin/certificate";

/** The public key that a registry names, as providers' archives are signed with it. */
export interface PublicKey {
  readonly keyId: string;
  readonly armored: string;
}

/**
 * A release on loopback over TLS, with an authority of its own: as a network mirror, as a provider registry (source: the
 * protocols in Terraform's documentation), and as a folder of files to download.
 */
export class ReleaseServer {
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    /** The file with the authority, for SSL_CERT_FILE and CURL_CA_BUNDLE. */
    readonly authorityFile: string,
  ) {}

  /** @param release the folder of the release; the authority is written into it */
  static async start(release: string, key: PublicKey): Promise<ReleaseServer> {
    const certificate = createCertificate();
    const authorityFile = join(release, "authority.pem");
    writeFileSync(authorityFile, certificate.pem);
    const server = createServer({ cert: certificate.pem, key: certificate.privateKeyPem });
    const own = new ReleaseServer(server, authorityFile);
    server.on("request", ({ url = "" }, response) => {
      own.requests.push(url);
      const answer = own.answer(url, release, key);
      if (answer === undefined) response.writeHead(404).end();
      else if (typeof answer === "string") {
        response.setHeader("content-length", statSync(answer).size);
        response.setHeader("content-type", answer.endsWith(".json") ? "application/json" : "application/zip");
        createReadStream(answer).pipe(response);
      } else response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    return own;
  }

  /** Host and port. */
  get host(): string {
    return `localhost:${(this.server.address() as AddressInfo).port}`;
  }

  get mirror(): string {
    return `https://${this.host}/mirror/`;
  }

  get files(): string {
    return `https://${this.host}/files`;
  }

  /** The provider's source address in this registry. */
  get source(): string {
    return `${this.host}/genauth/genauth`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** @returns the path of a file, or an object; undefined if there is nothing */
  private answer(url: string, release: string, key: PublicKey): string | object | undefined {
    const file = join(release, basename(url));
    if (/^\/(files|mirror\/[^/]+\/genauth\/genauth)\/[^/]+$/.test(url))
      return existsSync(file) ? file : undefined;
    if (url === "/.well-known/terraform.json") return { "providers.v1": "/v1/providers/" };
    const sums = `terraform-provider-genauth_${version}_SHA256SUMS`;
    const archives = readFileSync(join(release, sums), "utf8")
      .split("\n")
      .flatMap((line) => {
        const [, sum = "", name = "", os = "", arch = ""] =
          /^(\w+) {2}(\S+_([a-z]+)_(\w+)\.zip)$/.exec(line) ?? [];
        return name ? [{ sum, name, os, arch }] : [];
      });
    if (url === "/v1/providers/genauth/genauth/versions") {
      const platforms = archives.map(({ os, arch }) => ({ os, arch }));
      return { versions: [{ version, protocols: ["6.0"], platforms }] };
    }
    const asked = archives.find(
      ({ os, arch }) => url === `/v1/providers/genauth/genauth/${version}/download/${os}/${arch}`,
    );
    if (asked === undefined) return undefined;
    return {
      protocols: ["6.0"],
      os: asked.os,
      arch: asked.arch,
      filename: asked.name,
      download_url: `${this.files}/${asked.name}`,
      shasums_url: `${this.files}/${sums}`,
      shasums_signature_url: `${this.files}/${sums}.sig`,
      shasum: asked.sum,
      signing_keys: { gpg_public_keys: [{ key_id: key.keyId, ascii_armor: key.armored }] },
    };
  }
}
