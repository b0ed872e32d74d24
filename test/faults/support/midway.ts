import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../../src/emulator";
import type { Workspace } from "../../support/workspace";
import { startTlsFront } from "./tls-front";
import { byName } from "./way-outage";

/** Something on the way to the server that changes while a run goes on. */
export interface Way {
  /** The variables of the run. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts into the folder of the run what it needs. */
  readonly prepare?: (workspace: Workspace) => void;
  /** Breaks every connection, and every later one fails. */
  readonly break: (workspace: Workspace) => void;
  /** All is as before. */
  readonly mend: (workspace: Workspace) => void;
  readonly close?: () => Promise<void>;
}

/** The ways that can break, each with what a person reads of it. */
export const WAYS: readonly (readonly [
  what: string,
  open: (emulator: Emulator) => Promise<Way>,
  says: string,
])[] = [
  ["a certificate that changes", openCertificate, "is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"],
  ["a name that resolves to nothing", openName, "cannot be reached (ENOTFOUND)"],
];

async function openCertificate({ url }: Emulator): Promise<Way> {
  let isForeign = false;
  const front = await startTlsFront(url, () => isForeign);
  return {
    environment: { GENAUTH_HOST: front.url, NODE_EXTRA_CA_CERTS: "trusted.pem" },
    prepare: (workspace) => workspace.writeFiles({ "trusted.pem": front.certificate }),
    break: () => {
      isForeign = true;
      front.drop();
    },
    mend: () => {
      isForeign = false;
    },
    close: () => front.close(),
  };
}

const NAME_GONE = "name-gone";

function openName(emulator: Emulator): Promise<Way> {
  return Promise.resolve({
    environment: {
      ...byName(emulator),
      NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "name-switch.cjs"))}`,
      NAME_GONE_FILE: NAME_GONE,
    },
    break: (workspace) => {
      workspace.writeFiles({ [NAME_GONE]: "" });
      emulator.faults.add({ times: 1, then: { kind: "outage", ms: 0 } });
    },
    mend: ({ folder }) => rmSync(join(folder, NAME_GONE)),
  });
}
