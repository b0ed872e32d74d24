/** A Terraform provider in TypeScript, over plugin protocol 6. It knows nothing of what the provider manages. */
export type {
  ApplyRequest,
  PlanRequest,
  PlanResponse,
  ProviderDefinition,
  ReadRequest,
  ResourceDefinition,
  StateResponse,
} from "./definition";
export { error, warning, type AttributePath, type Diagnostic } from "./diagnostic";
export { createLogger, type Logger } from "./log";
export { createEngineServer } from "./process/engine-server";
export { DiagnosticError } from "./rpc/failure";
export { serve, type EngineServer, type Surroundings } from "./serve";
export { UNKNOWN, type Attribute, type Model, type Schema, type Type } from "./types";
