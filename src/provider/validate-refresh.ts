import { error, UNKNOWN, type Diagnostic } from "../plugin";
import { printable } from "../text";
import { isRefresh, Refresh } from "../users";
import type { ProviderModel } from "./schema";

/** Checks `refresh` of a configuration, without the environment. */
export function validateRefresh(refresh: ProviderModel["refresh"]): Diagnostic[] {
  if (refresh === null || refresh === UNKNOWN || isRefresh(refresh)) return [];
  const detail = `"${printable(refresh)}" is none of ${Object.values(Refresh).join(", ")}.`;
  return [error("Unknown refresh", detail, [{ attribute: "refresh" }])];
}
