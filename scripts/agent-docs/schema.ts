// The JSON Schema of a profile, as editors check one while it is written. What a schema of JSON cannot say, such as which
// fields contradict each other, only the server checks.
import { z } from 'zod';
import { profileSchema } from '../../src/agents/profile.ts';
import { EXAMPLES } from './examples.ts';

/** The part of JSON Schema that profiles use. */
export interface JsonSchema {
  $schema?: string;
  title?: string;
  type?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  propertyNames?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  minLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

export const NO_EFFECT = 'Checked, but without effect in this version.';

/** Draft 7, which yaml-language-server reads in all its versions. */
export function agentSchema(): JsonSchema {
  const schema = z.toJSONSchema(profileSchema(), {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      // Said by zod of every whole number.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // "{}" says no more than that a field may be left out.
      if (JSON.stringify(jsonSchema.default) === '{}') delete jsonSchema.default;
      if (jsonSchema['withoutEffect'] === true)
        jsonSchema.description = `${jsonSchema.description ?? ''} ${NO_EFFECT}`;
      delete jsonSchema['withoutEffect'];
      // Read only where a document of its own begins.
      delete jsonSchema['~standard'];
    },
  }) as JsonSchema;
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    if (name in EXAMPLES) field.examples = [EXAMPLES[name]];
  return {
    ...schema,
    title: 'A Liveline agent',
    // Whom nobody calls needs no number.
    anyOf: [
      { required: ['numbers'] },
      { required: ['direction'], properties: { direction: { const: 'outbound' } } },
    ],
  };
}
