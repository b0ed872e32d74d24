/**
 * How a language writes the names and values of this package, for messages that say what to change in a
 * stack.
 */
export interface CallerWords {
  /** A property or parameter: `maxDeletions`. */
  property(name: string): string;
  /** A property with its value, as it is set: `allowEmpty: true`. */
  setting(name: string, value: string | boolean): string;
  /** A member of a class or of an enumeration: `Users.fromFile`, `UserIdType.EMAIL`. */
  member(name: string): string;
  /** A list of texts: `["…"]`. */
  readonly list: (...items: string[]) => string;
  /** A map of texts: `{ "…": "…" }`. */
  map(entries: Readonly<Record<string, string>>): string;
  /** A call of a static method. The settings are an object in TypeScript. */
  call(method: string, positional: string, settings?: readonly string[]): string;
  /** A new construct of this package, without settings: `new GenAuthProvider(this, "genauth")`. */
  construct(name: string, id: string): string;
  /** What stands for no value: `null`. */
  readonly nothing: string;
  /** From where a stack imports the constructs. */
  readonly packages: Readonly<Record<"cdktf" | "cdktn", string>>;
}

const TYPESCRIPT: CallerWords = {
  property: (name) => name,
  setting: (name, value) => `${name}: ${JSON.stringify(value)}`,
  member: (name) => name,
  list: (...items) => JSON.stringify(items),
  map: (entries) => {
    const items = Object.entries(entries).map(([key, value]) => `"${key}": "${value}"`);
    return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
  },
  call: (method, positional, settings = []) =>
    `${method}(${settings.length === 0 ? positional : `${positional}, { ${settings.join(", ")} }`})`,
  construct: (name, id) => `new ${name}(this, "${id}")`,
  nothing: "null",
  packages: { cdktf: '"cdktf-genauth"', cdktn: '"cdktf-genauth/cdktn"' },
};

const PYTHON: CallerWords = {
  property: snakeCase,
  setting: (name, value) =>
    `${snakeCase(name)}=${typeof value === "boolean" ? capitalise(String(value)) : JSON.stringify(value)}`,
  member: (name) => writeMember(name, ".", snakeCase),
  list: TYPESCRIPT.list,
  map: (entries) => TYPESCRIPT.map(entries).replace(/^\{ (.*) \}$/, "{$1}"),
  call: (method, positional, settings = []) =>
    `${PYTHON.member(method)}(${[positional, ...settings].join(", ")})`,
  construct: (name, id) => `${name}(self, "${id}")`,
  nothing: "None",
  packages: { cdktf: "cdktf_genauth", cdktn: "cdktn_genauth" },
};

const GO: CallerWords = {
  property: capitalise,
  setting: (name, value) =>
    `${capitalise(name)}: ${typeof value === "boolean" ? `jsii.Bool(${value})` : `jsii.String(${JSON.stringify(value)})`}`,
  member: (name) => writeMember(name, "_", capitalise),
  list: (...items) => `jsii.Strings(${items.map((item) => JSON.stringify(item)).join(", ")})`,
  map: (entries) => {
    const items = Object.entries(entries).map(([key, value]) => `"${key}": jsii.String("${value}")`);
    return `&map[string]*string{${items.join(", ")}}`;
  },
  call: (method, positional, settings = []) => {
    const text = positional.startsWith('"') ? `jsii.String(${positional})` : positional;
    const options = settings.length === 0 ? "nil" : `&UserFileOptions{${settings.join(", ")}}`;
    return `${GO.member(method)}(${method === "Users.fromFile" ? `${text}, ${options}` : text})`;
  },
  construct: (name, id) => `genauth.New${name}(stack, jsii.String("${id}"), nil)`,
  nothing: "nil",
  packages: {
    cdktf: "genauth.local/cdktf-genauth-go/genauth",
    cdktn: "the package of CDK Terrain, which Go does not have",
  },
};

/**
 * The words of the language that a stack is written in.
 *
 * @param agent what jsii's runtime says of itself in JSII_AGENT: `Python/3.11.7`, `go1.26.8/linux/amd64`;
 *   absent without jsii
 * @returns those of TypeScript for a language that has no package
 */
export function wordsOf(agent: string | undefined): CallerWords {
  if (agent?.startsWith("Python/") === true) return PYTHON;
  return agent !== undefined && /^go\d/.test(agent) ? GO : TYPESCRIPT;
}

/** The words of the language that called this process. */
export const caller = wordsOf(process.env.JSII_AGENT);

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Constants are the same in every language. */
function writeMember(name: string, separator: string, write: (member: string) => string): string {
  const [owner = "", member = ""] = name.split(".");
  return owner + separator + (member === member.toUpperCase() ? member : write(member));
}
