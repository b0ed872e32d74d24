import { serve } from "../plugin";
// Not by the room's index: that loads zod, which half of the provider's processes do without.
import { concealSecret, keepMemoryOutOfCoreDumps } from "../settings/hold-secret";
import { genauthProvider } from "./provider";

keepMemoryOutOfCoreDumps();
void serve(genauthProvider(concealSecret(process.env)));
