import { printableLines } from "../text";
import { type FunctionDefinition, type Parameter } from "./definition";
import { ArgumentError } from "./diagnostic";
import { decodeDynamicValue, encodeMsgpack } from "./dynamic-value";
import { stackFrames } from "./log";
import { MARKDOWN, type ProtocolMessage } from "./protocol-messages";
import { type AnyProvider, describeThrown, type Session } from "./session";
import { typeExpression } from "./schema-messages";

/** The functions of a provider, as its schema announces them. */
export function functionMessages({
  functions = {},
}: AnyProvider): Readonly<Record<string, ProtocolMessage<"Function">>> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, definition]) => [name, functionMessage(definition)]),
  );
}

function functionMessage(definition: FunctionDefinition): ProtocolMessage<"Function"> {
  const { parameters, variadic, returns, summary, description } = definition;
  return {
    parameters: parameters.map(parameterMessage),
    variadicParameter: variadic && parameterMessage(variadic),
    return: { type: typeExpression(returns) },
    summary,
    description,
    descriptionKind: MARKDOWN,
  };
}

function parameterMessage(parameter: Parameter): ProtocolMessage<"FunctionParameter"> {
  const { name, type, description, allowNull = false } = parameter;
  return {
    name,
    type: typeExpression(type),
    allowNullValue: allowNull,
    description,
    descriptionKind: MARKDOWN,
  };
}

/** Calls a function. A failure is an error that names the argument, if one is to blame. */
export async function callFunction(
  { provider, log }: Session,
  { name = "", arguments: given = [] }: ProtocolMessage<"CallFunctionRequest">,
): Promise<ProtocolMessage<"CallFunctionResponse">> {
  try {
    const definition = findFunction(provider, name);
    const values = given.map((message, at) => decodeArgument(definition, message, at));
    const result = await definition.call(values);
    return { result: { msgpack: encodeMsgpack(result, definition.returns) } };
  } catch (thrown) {
    log.debug("call failed", () => ({ rpc: "CallFunction", stack: stackFrames(thrown) }));
    if (!(thrown instanceof ArgumentError)) {
      const { summary, detail } = describeThrown(thrown, "CallFunction");
      return { error: { text: withoutFullStop(printableLines(`${summary}. ${detail}`)) } };
    }
    const { message, argument } = thrown;
    return { error: { text: withoutFullStop(printableLines(message)), functionArgument: argument } };
  }
}

/** Both engines end the sentence of a function's error with a full stop. */
function withoutFullStop(text: string): string {
  return text.replace(/\.$/, "");
}

function findFunction(
  { functions = {}, name: type, version }: AnyProvider,
  name: string,
): FunctionDefinition {
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (definition) return definition;
  throw new ArgumentError(`The ${type} provider ${version} has no function "${name}".`);
}

function decodeArgument(
  { parameters, variadic }: FunctionDefinition,
  message: ProtocolMessage<"DynamicValue">,
  at: number,
): unknown {
  const parameter = parameters[at] ?? variadic;
  if (!parameter) throw new ArgumentError("There are too many arguments.", at);
  return decodeDynamicValue(parameter.type, message);
}
