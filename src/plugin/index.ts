/** Terraform providers in TypeScript, over plugin protocol 6. Knows nothing of what a provider manages. */
export {
  UNKNOWN,
  fillModel,
  type ApplyRequest,
  type Attribute,
  type DataRequest,
  type DataResponse,
  type DataSourceDefinition,
  type FunctionDefinition,
  type Model,
  type Parameter,
  type PlanRequest,
  type PlanResponse,
  type ProviderDefinition,
  type MovedObject,
  type ReadRequest,
  type ResourceDefinition,
  type Schema,
  type StateResponse,
  type Type,
} from "./definition";
export {
  ArgumentError,
  DiagnosticError,
  error,
  warning,
  type AttributePath,
  type Diagnostic,
} from "./diagnostic";
export { createLogger, type Logger } from "./log";
export { createEngineServer } from "./engine-server";
export { serve, type EngineServer, type ServeContext } from "./serve";
