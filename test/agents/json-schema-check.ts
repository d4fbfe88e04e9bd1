// Checks a value against the part of JSON Schema that profiles use. Throws at a keyword that it does not know.
import type { JsonSchema } from '../../scripts/agent-docs/schema.ts';

const KNOWN = new Set(
  `$schema title type description default examples const enum anyOf properties required propertyNames
   additionalProperties items minItems minLength pattern minimum maximum exclusiveMinimum exclusiveMaximum`.split(
    /\s+/,
  ),
);

/** Paths of what does not hold; empty when all does. */
export function faultsIn(value: unknown, schema: JsonSchema, path = '$'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`cannot check ${unknown.join(', ')} of ${path}`);
  if (schema.type !== undefined && !isOf(schema.type, value)) return [`${path}: ${schema.type}`];
  const holds = (is: boolean, what: string): string[] => (is ? [] : [`${path}: ${what}`]);
  const faults: string[] = [];
  if ('const' in schema) faults.push(...holds(value === schema.const, 'const'));
  if (schema.enum) faults.push(...holds(schema.enum.includes(value), 'enum'));
  if (schema.anyOf)
    faults.push(
      ...holds(
        schema.anyOf.some((each) => faultsIn(value, each, path).length === 0),
        'anyOf',
      ),
    );
  if (typeof value === 'string') {
    faults.push(...holds(value.length >= (schema.minLength ?? 0), 'minLength'));
    faults.push(...holds(new RegExp(schema.pattern ?? '', 'u').test(value), 'pattern'));
  }
  if (typeof value === 'number') {
    faults.push(
      ...holds(value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity), 'range'),
    );
    const { exclusiveMinimum: above = -Infinity, exclusiveMaximum: below = Infinity } = schema;
    faults.push(...holds(value > above && value < below, 'range'));
  }
  if (Array.isArray(value)) {
    faults.push(...holds(value.length >= (schema.minItems ?? 0), 'minItems'));
    const { items } = schema;
    if (items) faults.push(...value.flatMap((item, at) => faultsIn(item, items, `${path}.${at}`)));
  } else if (typeof value === 'object' && value !== null) faults.push(...inFields(value, schema, path));
  return faults;
}

function inFields(value: object, schema: JsonSchema, path: string): string[] {
  const { properties = {}, required = [], additionalProperties: others = true, propertyNames } = schema;
  return [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: required`),
    ...Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
      const inner = `${path}.${name}`;
      const named = propertyNames ? faultsIn(name, propertyNames, inner) : [];
      const own = Object.hasOwn(properties, name) ? properties[name] : others;
      if (own === false) return [...named, `${inner}: no such field`];
      return typeof own === 'object' ? [...named, ...faultsIn(field, own, inner)] : named;
    }),
  ];
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
