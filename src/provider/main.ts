// Not imported from the modules' indexes: they load code that only a request needs.
import { serve } from "../plugin/serve";
import { concealSecret, keepMemoryOutOfCoreDumps } from "../operator/secret";
import { join } from "node:path";
import { requireKept, type KeptModule } from "./require-kept";
import type * as Service from "./genauth-service";

keepMemoryOutOfCoreDumps();
const environment = concealSecret(process.env);
let service: KeptModule<typeof Service> | undefined;
void serve({ name: "genauth", address: "terraform.local/genauth/genauth" }, async (context) => {
  // An executable holds its code compiled.
  if ("bun" in process.versions)
    return (await import("./genauth-service")).createService(environment, context);
  // Once: a process for debugging creates a server for each connection.
  service ??= requireKept<typeof Service>(join(__dirname, "genauth-service.js"), process.env, context.log);
  return service.exports.createService(environment, context, service.beforeCalls);
});
