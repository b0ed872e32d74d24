import type { BenchProvider, EngineFolder } from "./folder";

/** One side of a comparison on an engine. */
export interface Participant {
  readonly name: string;
  /** Returns the configuration that declares these users. */
  readonly configure: (ids: readonly string[]) => Readonly<Record<string, unknown>>;
  /** Default: no provider, the engine alone. */
  readonly provider?: BenchProvider;
  /** Writes a state with these users; default the state after an apply. */
  readonly writeState?: (folder: EngineFolder, ids: readonly string[]) => void;
}

/** Prepares a state with all users, and a configuration with those who stay. @throws Error if the apply fails */
export async function prepareRemoval(
  folder: EngineFolder,
  { configure, writeState }: Participant,
  users: { readonly before: readonly string[]; readonly after: readonly string[] },
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  if (writeState) {
    writeState(folder, users.before);
  } else {
    folder.write(configure(users.before));
    await folder.apply(environment, []);
  }
  folder.write(configure(users.after));
}
