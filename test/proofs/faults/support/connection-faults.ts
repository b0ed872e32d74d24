import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../../support/emulator";
import type { Workspace } from "../../../support/workspace";
import { startTlsProxy } from "./tls-proxy";
import { byName } from "./network-outage";

/** A connection to the server that can be interrupted during a run. */
export interface InterruptibleConnection {
  /** The variables of the run. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes the files that the run needs. */
  readonly prepare?: (workspace: Workspace) => void;
  /** Breaks all connections, and makes later ones fail. */
  readonly interrupt: (workspace: Workspace) => void;
  /** Makes later connections work again. */
  readonly restore: (workspace: Workspace) => void;
  readonly close?: () => Promise<void>;
}

/** The faults, each with a part of its error message. */
export const CONNECTION_FAULTS: readonly (readonly [
  what: string,
  open: (emulator: Emulator) => Promise<InterruptibleConnection>,
  says: string,
])[] = [
  ["a certificate that changes", openCertificate, "is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"],
  ["a host name that stops resolving", openName, "cannot be reached (ENOTFOUND)"],
];

async function openCertificate({ url }: Emulator): Promise<InterruptibleConnection> {
  let isForeign = false;
  const proxy = await startTlsProxy(url, () => isForeign);
  return {
    environment: { GENAUTH_HOST: proxy.url, NODE_EXTRA_CA_CERTS: "trusted.pem" },
    prepare: (workspace) => workspace.writeFiles({ "trusted.pem": proxy.certificate }),
    interrupt: () => {
      isForeign = true;
      proxy.drop();
    },
    restore: () => {
      isForeign = false;
    },
    close: () => proxy.close(),
  };
}

const HIDE_HOST = "hide-host";

function openName(emulator: Emulator): Promise<InterruptibleConnection> {
  return Promise.resolve({
    environment: {
      ...byName(emulator),
      NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "hide-host.cjs"))}`,
      HIDE_HOST_FILE: HIDE_HOST,
    },
    interrupt: (workspace) => {
      workspace.writeFiles({ [HIDE_HOST]: "" });
      emulator.faults.add({ times: 1, then: { kind: "outage", ms: 0 } });
    },
    restore: ({ folder }) => rmSync(join(folder, HIDE_HOST)),
  });
}
