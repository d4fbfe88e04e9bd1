// A tool's JSON Schema, told in the subset of OpenAPI that the Live API takes; `additionalProperties`, `$schema` and
// their like get the whole setup refused (mastra-ai/mastra#17023). Knows nothing of models.
import { LivelineError } from '../../base/errors.ts';

export interface WireSchema {
  type: 'OBJECT' | 'ARRAY' | 'STRING' | 'NUMBER' | 'INTEGER' | 'BOOLEAN';
  description?: string;
  nullable?: true;
  enum?: string[];
  properties?: Record<string, WireSchema>;
  required?: string[];
  items?: WireSchema;
}

type Json = Readonly<Record<string, unknown>>;

/** Where we are: for the refusal, and to find what `$ref` points at. */
interface Place {
  readonly model: string;
  readonly tool: string;
  readonly path: string;
  readonly root: Json;
  /** The references being followed; one that comes twice is a schema that holds itself. */
  readonly following: readonly string[];
}

const TYPES: ReadonlyMap<unknown, WireSchema['type']> = new Map([
  ['object', 'OBJECT'],
  ['array', 'ARRAY'],
  ['string', 'STRING'],
  ['number', 'NUMBER'],
  ['integer', 'INTEGER'],
  ['boolean', 'BOOLEAN'],
]);

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The parameters of a tool, or undefined when it has none: the API wants no empty object. Bounds, patterns and defaults
 * are left out, as the tool checks its arguments itself; a format is told in the description.
 * Throws LIVE_SETUP_UNSUPPORTED, naming model, tool and parameter, for what cannot be told.
 */
export function toWireSchema(of: { model: string; tool: string }, parameters: Json): WireSchema | undefined {
  const place: Place = { ...of, path: '', root: parameters, following: [] };
  const isEmpty = !isJson(parameters['properties']) || Object.keys(parameters['properties']).length === 0;
  if (isEmpty && (parameters['type'] ?? 'object') === 'object' && !('$ref' in parameters)) return undefined;
  const schema = convert(parameters, place);
  return schema.type === 'OBJECT' ? schema : refuse(place, 'not an object');
}

function convert(given: unknown, place: Place): WireSchema {
  if (!isJson(given)) return refuse(place, 'not described');
  const reference = given['$ref'];
  if (typeof reference === 'string') return follow(reference, given, place);
  const choices = given['anyOf'] ?? given['oneOf'];
  if (Array.isArray(choices)) return describe(choose(choices, place), given);
  if ('allOf' in given) return refuse(place, 'combined (allOf)');

  const values = 'const' in given ? [given['const']] : given['enum'];
  const named = [given['type'] ?? (Array.isArray(values) ? typeof values[0] : undefined)].flat();
  const types = named.filter((name) => name !== 'null');
  const type = types.length === 1 ? TYPES.get(types[0]) : undefined;
  if (type === undefined) return refuse(place, 'without a single type');

  const schema: WireSchema = { type };
  if (types.length < named.length || given['nullable'] === true) schema.nullable = true;
  if (type === 'OBJECT') Object.assign(schema, members(given, place));
  if (type === 'ARRAY') schema.items = convert(given['items'], inside(place, '[]'));
  if (!Array.isArray(values)) return describe(schema, given);
  if (values.includes(null)) schema.nullable = true;
  const options = values.filter((value) => value !== null);
  if (options.length === 0 || options.some((option) => typeof option === 'object'))
    return refuse(place, 'an enum of other than plain values');
  // The API knows an enum of strings only; other values are named in words.
  if (type !== 'STRING') return describe(schema, given, `one of ${options.join(', ')}`);
  return describe({ ...schema, enum: options.map(String) }, given);
}

function members(given: Json, place: Place): Pick<WireSchema, 'properties' | 'required'> {
  const properties = isJson(given['properties']) ? Object.entries(given['properties']) : [];
  if (properties.length === 0) return refuse(place, 'an object without named properties');
  const known = properties.map(([name]) => name);
  const required = Array.isArray(given['required'])
    ? known.filter((name) => (given['required'] as unknown[]).includes(name))
    : [];
  return {
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, convert(property, inside(place, name))]),
    ),
    ...(required.length > 0 && { required }),
  };
}

/** Alternatives become one schema when they differ only in being null or in which strings they allow. */
function choose(choices: readonly unknown[], place: Place): WireSchema {
  const real = choices.filter((choice) => !isJson(choice) || choice['type'] !== 'null');
  const nullable: Pick<WireSchema, 'nullable'> = real.length < choices.length ? { nullable: true } : {};
  const [first, ...others] = real.map((choice) => convert(choice, place));
  if (!first) return refuse(place, 'without a single type');
  if (others.length === 0) return { ...first, ...nullable };
  const all = [first, ...others];
  if (all.some(({ type }) => type !== first.type || type === 'OBJECT' || type === 'ARRAY'))
    return refuse(place, 'one of several shapes (anyOf, oneOf)');
  const anyNullable = all.some((schema) => schema.nullable) ? { nullable: true as const } : nullable;
  const options = all.every((schema) => schema.enum)
    ? { enum: [...new Set(all.flatMap((schema) => schema.enum ?? []))] }
    : {};
  const told = all.flatMap(({ description }) => description ?? []);
  const description = told.length > 0 ? { description: told.join('; or ') } : {};
  return { type: first.type, ...description, ...anyNullable, ...options };
}

/** Definitions inside the schema are written out where they are used: the API knows no `$ref`. */
function follow(reference: string, given: Json, place: Place): WireSchema {
  if (place.following.includes(reference)) return refuse(place, 'a schema that holds itself');
  const steps = reference.startsWith('#') ? reference.split('/').slice(1) : ['a document elsewhere'];
  let target: unknown = place.root;
  for (const step of steps) target = isJson(target) ? target[step] : undefined;
  const schema = convert(target, { ...place, following: [...place.following, reference] });
  return describe(schema, given);
}

/** What is said where a schema is used wins over what is said where it is defined. */
function describe(schema: WireSchema, given: Json, hint?: string): WireSchema {
  const words = typeof given['description'] === 'string' ? given['description'] : schema.description;
  const format = typeof given['format'] === 'string' ? `format: ${given['format']}` : undefined;
  const hints = [format, hint].filter((said) => said !== undefined).join('; ');
  const description = words && hints ? `${words} (${hints})` : words || hints;
  return description ? { ...schema, description } : schema;
}

const inside = (place: Place, step: string): Place => ({
  ...place,
  path: step === '[]' || place.path === '' ? place.path + step : `${place.path}.${step}`,
});

function refuse(place: Place, why: string): never {
  const where = place.path === '' ? 'the parameters' : `parameter ${place.path}`;
  throw new LivelineError(
    'LIVE_SETUP_UNSUPPORTED',
    `model ${place.model} cannot be told of tool ${place.tool}, ${where}: ${why}; it takes an object of strings, numbers, booleans, lists, enums and objects of such`,
  );
}
