export type {
  ApplyRequest,
  PlanRequest,
  PlanResponse,
  ProviderDefinition,
  ReadRequest,
  ResourceDefinition,
  StateResponse,
} from "./definition";
export { error, pathText, warning, type AttributePath, type Diagnostic, type PathStep } from "./diagnostic";
export { createLogger, type LogFields, type Logger, type LogOptions } from "./log";
export { createEngineServer } from "./process/engine-server";
export { DiagnosticError } from "./rpc/failure";
export { serve, type EngineServer, type Surroundings } from "./serve";
export {
  UNKNOWN,
  type Attribute,
  type Known,
  type Model,
  type Schema,
  type Type,
  type Unknown,
  type Value,
} from "./types";
