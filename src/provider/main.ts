// Not imported from the modules' indexes: they load code that only a request needs.
import { serve } from "../plugin/serve";
import { concealSecret, keepMemoryOutOfCoreDumps } from "../operator/secret";
import { keepCompiledCode } from "./compile-cache";

keepMemoryOutOfCoreDumps();
const environment = concealSecret(process.env);
void serve({ name: "genauth", address: "terraform.local/genauth/genauth" }, async (context) => {
  keepCompiledCode(process.env);
  const { createService } = await import("./genauth-service");
  return createService(environment, context);
});
