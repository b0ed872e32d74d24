import type { BenchProvider, EngineFolder } from "./folder";

/** What takes part in a comparison on an engine. */
export interface Participant {
  readonly name: string;
  /** The configuration that declares these users. */
  readonly configure: (ids: readonly string[]) => Readonly<Record<string, unknown>>;
  /** Default: the engine alone. */
  readonly provider?: BenchProvider;
  /** Lays a state that holds these users; default it is what an apply leaves. */
  readonly writeState?: (folder: EngineFolder, ids: readonly string[]) => void;
}

/** Has the folder hold a state of the users, and the configuration of those who stay. @throws Error where the apply fails */
export async function layRemoval(
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
