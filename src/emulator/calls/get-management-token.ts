import * as z from "zod";
import { refusal, success } from "../answer";
import { check } from "../parameters";
import { TOKEN_LIFETIME_SECONDS } from "../tokens";
import type { Call } from "./call";

const Body = z.object({ accessKeyId: z.string(), accessKeySecret: z.string() });

/** Gives a bearer token for a key pair; the one call that needs no authorization. */
export const getManagementToken: Call = {
  name: "get-management-token",
  method: "POST",
  open: true,
  run(parameters, scene) {
    const checked = check(Body, parameters);
    if ("refused" in checked) return checked.refused;
    const { accessKeyId, accessKeySecret } = checked.parameters;
    if (accessKeyId !== scene.accessKeyId) return refusal(404, "The user pool does not exist.", 2224);
    if (accessKeySecret !== scene.accessKeySecret) return refusal(401, "The access key is not valid.");
    return success({ access_token: scene.tokens.issue(), expires_in: TOKEN_LIFETIME_SECONDS });
  },
};
