import { seedUsers } from "../../src/emulator";
import { type EngineFolder, requiredProviders } from "../engine/folder";

/** The system ids of an emulator's first users. */
export function idsOf(count: number): readonly string[] {
  return seedUsers(count).map(({ userId }) => userId);
}

/** The map of users that each side declares. */
function usersMap(ids: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(ids.map((id) => [id, "A label of a common length"]));
}

/** The engine without a provider. */
export function baselineConfiguration(ids: readonly string[]): Readonly<Record<string, unknown>> {
  return { resource: { terraform_data: { set: { input: usersMap(ids) } } } };
}

/** The Go provider of this folder. */
export function frameworkConfiguration(ids: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    terraform: requiredProviders("framework"),
    resource: { framework_user_set: { set: { users: usersMap(ids) } } },
  };
}

/** Writes the state that the Go provider leaves after creation. */
export function writeFrameworkState(folder: EngineFolder, ids: readonly string[]): void {
  folder.writeState("framework", "framework_user_set", [{ attributes: { users: usersMap(ids) } }]);
}

/** This project's provider, by default without a pace limit. */
export function ownConfiguration(
  ids: readonly string[],
  provider: Readonly<Record<string, unknown>> = { requests_per_second: 10_000 },
  attributes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    terraform: requiredProviders("genauth"),
    provider: { genauth: provider },
    resource: {
      genauth_user_set: {
        set: { users: usersMap(ids), max_deletions: 1_000_000, max_deletions_percent: 100, ...attributes },
      },
    },
  };
}

/** One resource per user. */
export function forEachConfiguration(ids: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    terraform: requiredProviders("oneuser"),
    resource: { oneuser_user: { set: { for_each: usersMap(ids), user_id: "${each.key}" } } },
  };
}

/** Writes the state that creating one resource per user leaves. */
export function writeForEachState(folder: EngineFolder, ids: readonly string[]): void {
  folder.writeState(
    "oneuser",
    "oneuser_user",
    ids.map((id) => ({ index_key: id, attributes: { user_id: id } })),
  );
}
