// The arguments of a foreign tool, told in what every Live model takes: objects with named fields, lists, and plain
// values. Knows neither models nor servers.
import type { JsonObject } from '../../live/session.ts';

/** A field of a function must be named so: the names of its parameters in googleapis content.proto, Schema. */
const FIELD_NAME = /^[A-Za-z_]\w{0,63}$/;
/** Of fields, however deep; a definition that is used in many places counts each time. */
const MAX_SCHEMAS = 200;
const MAX_WORDS = 500;

const PLAIN: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean']);

/** Where we are in a schema: what `$ref` points into, which are being followed, and how much there may still be. */
interface Place {
  readonly root: JsonObject;
  readonly following: readonly string[];
  readonly left: { schemas: number };
}

const isJson = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The schema without what the models cannot be told: references are written out; bounds, patterns and alternatives
 * between objects are left to the server, which checks its arguments itself. An optional field that cannot be told is
 * left out; undefined when a required one cannot.
 */
export function tellableParameters(inputSchema: unknown): JsonObject | undefined {
  if (!isJson(inputSchema)) return undefined;
  const place: Place = { root: inputSchema, following: ['#'], left: { schemas: MAX_SCHEMAS } };
  const properties = inputSchema['properties'] ?? {};
  if (!('$ref' in inputSchema) && isJson(properties) && Object.keys(properties).length === 0)
    return { type: 'object', properties: {} };
  const told = tell('$ref' in inputSchema ? inputSchema : { ...inputSchema, type: 'object' }, place);
  return told?.['type'] === 'object' ? told : undefined;
}

function tell(given: unknown, place: Place): JsonObject | undefined {
  if (!isJson(given) || (place.left.schemas -= 1) < 0) return undefined;
  if (isJson(given['properties'])) return withWords(fieldsOf(given, place), given);
  const reference = given['$ref'];
  if (typeof reference === 'string') return withWords(follow(reference, place), given);
  const { allOf } = given;
  if (Array.isArray(allOf)) return allOf.length === 1 ? withWords(tell(allOf[0], place), given) : undefined;
  const choices = given['anyOf'] ?? given['oneOf'];
  if (Array.isArray(choices)) return withWords(choose(choices, place), given);
  return withWords(single(given, place), given);
}

function single(given: JsonObject, place: Place): JsonObject | undefined {
  const values = 'const' in given ? [given['const']] : given['enum'];
  const named = [given['type'] ?? (Array.isArray(values) ? typeof values[0] : undefined)].flat();
  const [type, ...others]: unknown[] = named.filter((name) => name !== 'null');
  if (others.length > 0) return undefined;
  const isNullable = named.includes('null') || given['nullable'] === true;
  if (type === 'array') {
    const items = tell(given['items'], place);
    return items && nullable({ type, items }, isNullable);
  }
  if (!PLAIN.has(type)) return undefined;
  if (!Array.isArray(values)) return nullable({ type }, isNullable);
  const options = values.filter((value) => value !== null);
  const kind = type === 'integer' ? 'number' : type;
  if (options.length === 0 || options.some((option) => typeof option !== kind)) return undefined;
  return nullable({ type, enum: options }, isNullable || options.length < values.length);
}

function fieldsOf(given: JsonObject, place: Place): JsonObject | undefined {
  const wanted = Array.isArray(given['required']) ? given['required'] : [];
  const told = new Map<string, JsonObject>();
  for (const [name, schema] of Object.entries(given['properties'] as JsonObject)) {
    const field = FIELD_NAME.test(name) && name !== '__proto__' ? tell(schema, place) : undefined;
    if (field) told.set(name, field);
  }
  const required = [...new Set(wanted)];
  if (!required.every((name) => typeof name === 'string' && told.has(name))) return undefined;
  const isRoot = place.following.length === 1 && place.root['properties'] === given['properties'];
  if (told.size === 0 && !isRoot) return undefined;
  const properties = Object.fromEntries(told);
  const object =
    required.length > 0 ? { type: 'object', properties, required } : { type: 'object', properties };
  return nullable(object, [given['type']].flat().includes('null') || given['nullable'] === true);
}

/** Alternatives become one schema when they differ only in being null or in which values they allow. */
function choose(choices: readonly unknown[], place: Place): JsonObject | undefined {
  const real = choices.filter((choice) => !isJson(choice) || choice['type'] !== 'null');
  const told = real.map((choice) => tell(choice, place)).filter((one) => one !== undefined);
  const [first] = told;
  if (!first || told.length < real.length) return undefined;
  const isNullable = real.length < choices.length || told.some(({ type }) => Array.isArray(type));
  const type = plainType(first);
  if (told.length === 1) return nullable({ ...first, type }, isNullable);
  if (!PLAIN.has(type) || told.some((one) => plainType(one) !== type)) return undefined;
  const options = told.map((one) => one['enum']);
  if (!options.every((some) => Array.isArray(some))) return nullable({ type }, isNullable);
  const all = new Set<unknown>(options.flat().filter((option) => option !== null));
  return nullable({ type, enum: [...all] }, isNullable);
}

const plainType = ({ type }: JsonObject): unknown => [type].flat()[0];

function nullable(schema: JsonObject, isNullable: boolean): JsonObject {
  if (!isNullable) return schema;
  const { type, enum: options } = schema;
  if (!Array.isArray(options)) return { ...schema, type: [type, 'null'] };
  const others: unknown[] = options.filter((option) => option !== null);
  return { ...schema, type: [type, 'null'], enum: [...others, null] };
}

function follow(reference: string, place: Place): JsonObject | undefined {
  if (!reference.startsWith('#') || place.following.includes(reference)) return undefined;
  let target: unknown = place.root;
  for (const step of reference.split('/').slice(1)) {
    // RFC 6901, section 3.
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    target = isJson(target) && Object.hasOwn(target, name) ? target[name] : undefined;
  }
  return tell(target, { ...place, following: [...place.following, reference] });
}

/** What is said where a schema is used wins over what is said where it is defined; a format is told in words. */
function withWords(schema: JsonObject | undefined, given: JsonObject): JsonObject | undefined {
  if (!schema) return undefined;
  const said = [given['description'], given['title'], schema['description']];
  const words = said.find((some): some is string => typeof some === 'string' && some !== '');
  const format = typeof given['format'] === 'string' ? `format: ${given['format']}` : undefined;
  const description = [words, format].filter((some) => some !== undefined).join('; ');
  return description === '' ? schema : { ...schema, description: description.slice(0, MAX_WORDS) };
}
