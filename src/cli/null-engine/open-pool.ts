import { createManagementClient, OptionError } from "../../api";
import { openDeletionRecord } from "../../record";
import {
  checkAllowedHost,
  type OperatorFloor,
  readOperatorFloor,
  resolveSettings,
  type SettingProblem,
} from "../../settings";
import { type DeletionRecord, type UserDirectory, UserLookUps } from "../../users";

/** The user pool that the environment names. */
export interface OpenPool {
  readonly directory: UserDirectory;
  readonly lookUps: UserLookUps;
  readonly maxAttempts: number;
  readonly confirmWithinMs: number;
  readonly record?: DeletionRecord;
  readonly floor: OperatorFloor;
  /** Frees the connections. */
  close(): void;
}

/** @throws Error with what is wrong in the environment, and what to do */
export function openPool(environment: NodeJS.ProcessEnv): OpenPool {
  const { settings, problems } = resolveSettings({}, environment);
  const { floor, problems: floorProblems } = readOperatorFloor(environment);
  const all = [...problems, ...floorProblems, ...checkAllowedHost(settings.host, floor)];
  if (all.length > 0) throw new Error(`Nobody was deleted.\n${all.map(sentence).join("\n")}`);
  const client = clientOf(settings);
  const { deletionRecord: folder, host, maxAttempts, confirmSeconds } = settings;
  return {
    directory: client,
    lookUps: new UserLookUps(client),
    maxAttempts,
    confirmWithinMs: confirmSeconds * 1000,
    ...(folder !== undefined && {
      record: openDeletionRecord({ folder, host, readRecords: (ids, stop) => client.readRecords(ids, stop) }),
    }),
    floor,
    close: () => client.close(),
  };
}

function clientOf(options: Parameters<typeof createManagementClient>[0]) {
  try {
    return createManagementClient(options);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new Error(`Nobody was deleted. ${cause.message}`, { cause });
  }
}

function sentence({ summary, detail }: SettingProblem): string {
  return `${summary}: ${detail}`;
}
