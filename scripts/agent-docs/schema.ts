// The JSON Schemas of a profile, as editors check one while it is written, and of a campaign's settings. What a schema of JSON cannot say, such as which
// fields contradict each other, only the server checks.
import { z } from 'zod';
import { profileSchema } from '../../src/agents/profile.ts';
import { campaignSettings } from '../../src/campaign/settings.ts';
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
  oneOf?: JsonSchema[];
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

/** Draft 7, which yaml-language-server reads in all its versions. */
const draft7 = (of: z.ZodType): JsonSchema =>
  z.toJSONSchema(of, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      // Said by zod of every whole number.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // "{}" says no more than that a field may be left out.
      if (JSON.stringify(jsonSchema.default) === '{}') delete jsonSchema.default;
      // Read only where a document of its own begins.
      delete jsonSchema['~standard'];
    },
  }) as JsonSchema;

/** The settings of a campaign; hours are described where those of a profile are. */
export function campaignSchema(): JsonSchema {
  const schema = draft7(campaignSettings);
  const { windows, consent } = schema.properties ?? {};
  if (windows) delete windows.properties;
  if (consent) joinKinds(consent);
  return schema;
}

/** Of several kinds of fields one: for people, who read what each of them takes in the words of the field. */
function joinKinds(schema: JsonSchema): void {
  const kinds = schema.oneOf ?? [];
  const all = kinds.flatMap(({ properties = {} }) => Object.entries(properties));
  const consts = (of: string): unknown[] =>
    all.flatMap(([name, field]) => (name === of ? (field.const ?? []) : []));
  schema.type = 'object';
  schema.properties = Object.fromEntries(
    all.map(([name, field]) => [name, field.const === undefined ? field : { enum: consts(name) }]),
  );
  schema.required = Object.keys(schema.properties).filter((name) =>
    kinds.every(({ required }) => required?.includes(name)),
  );
  delete schema.oneOf;
}

export function agentSchema(): JsonSchema {
  const schema = draft7(profileSchema());
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
