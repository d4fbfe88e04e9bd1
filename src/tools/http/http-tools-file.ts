// Tools over HTTP from a YAML file: the schema of the file and its faults. Plain data comes out; it knows nothing of running.
import { z } from 'zod';
import { describedField, describedRequest } from '../../web/described.ts';
import { readDescribed } from '../../web/described-file.ts';
import { requestFaults, textFaults, type Variables } from '../../web/described-faults.ts';
import { variablesIn } from '../../web/template.ts';
import { DIGITS_OF, SECRET_KINDS } from '../secrets.ts';

const words = z.string().trim().min(1, 'expected some text');

/** What the Live API takes as the name of a function, without dots and dashes, so that it is spoken of in one way. */
const FUNCTION_NAME = /^[a-zA-Z_]\w{0,63}$/;
const functionName = z
  .string()
  .regex(FUNCTION_NAME, 'expected a name of letters, digits and _ that begins with no digit; at most 64');

const PLAIN_KINDS = ['string', 'integer', 'number', 'boolean'] as const;
/** Longer than anything that is said in one breath. */
const MOST_CHARACTERS = 500;

const parameter = z
  .strictObject({
    type: z.enum([...PLAIN_KINDS, 'array']),
    description: words,
    required: z.boolean().default(false),
    enum: z.array(words).min(1).optional(),
    items: z.enum(PLAIN_KINDS).optional(),
    max_length: z.int().min(1).default(MOST_CHARACTERS),
  })
  .superRefine(({ type, enum: values, items }, context) => {
    if (values !== undefined && type !== 'string')
      context.addIssue({ code: 'custom', path: ['enum'], message: 'only a string has an enum' });
    if ((items !== undefined) !== (type === 'array'))
      context.addIssue({
        code: 'custom',
        path: ['items'],
        message: 'expected the type of its items for an array, and for no other type',
      });
  });

/** Digits of a number whose last four may be said. */
const LEAST_READ_BACK = 8;
/** Nobody types more for one thing. */
const MOST_SECRETS = 4;

const EFFECTS = 'expected true, false, reverses: with the names of tools, or about: with what it is done to';
const effect = z.union(
  [
    z.boolean(),
    z
      .strictObject({ reverses: z.array(functionName).min(1).optional(), about: words.optional() })
      .refine(({ reverses, about }) => reverses !== undefined || about !== undefined, EFFECTS),
  ],
  EFFECTS,
);

/** What the runner puts beside the fields, and the words themselves. */
const TAKEN_FIELDS = ['message', 'status', 'retryable'];
const fieldName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'expected a name of letters, digits and _')
  .refine((name) => !TAKEN_FIELDS.includes(name), `expected another name than ${TAKEN_FIELDS.join(', ')}`);

const tell = z.strictObject({
  message: words,
  fields: z.record(fieldName, describedField).default({}),
  /** Statuses that are answers and no faults, such as 404, and what is told then. */
  when: z.record(z.string().regex(/^[45]\d\d$/, 'expected a status from 400 to 599'), words).default({}),
});

const secret = z
  .strictObject({
    ask: z.enum(SECRET_KINDS, `expected one of ${SECRET_KINDS.join(', ')}`),
    least: z.int().min(1).optional(),
    most: z.int().min(1).optional(),
    /** What the model is told of it beside how many digits there were. */
    read_back: z.literal('last_four', 'expected last_four, or nothing').optional(),
  })
  .superRefine(({ ask, least, most, read_back }, context) => {
    const usual = DIGITS_OF[ask];
    const add = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    for (const [name, value] of Object.entries({ least, most }))
      if (value !== undefined && (value < usual.least || value > usual.most))
        add(name, `a ${ask} has from ${usual.least} to ${usual.most} digits`);
    if ((least ?? usual.least) > (most ?? usual.most)) add('least', 'expected no more than most');
    if (read_back !== undefined && ask !== 'card' && ask !== 'digits')
      add('read_back', `nothing of a ${ask} is read back: leave it out`);
    // Of a short number the last four would be most of it.
    if (read_back !== undefined && (least ?? usual.least) < LEAST_READ_BACK)
      add(
        'read_back',
        `expected least: ${LEAST_READ_BACK} or more, so that four digits do not give the number away`,
      );
  });

/** Variables that are not arguments. `caller` is empty where the number is withheld. */
const KNOWN = ['caller', 'called', 'call_id', 'effect_key'];

const httpToolSpec = z
  .strictObject({
    name: functionName,
    description: words,
    parameters: z.record(functionName, parameter).default({}),
    /** Needed where the method writes: nobody should find out by a second order that it was left out. */
    effect: effect.optional(),
    /** Asking twice does no harm, as the service takes the key, or it changes nothing. */
    repeatable: z.boolean().optional(),
    timeout_ms: z.int().min(100).max(60_000).default(5_000),
    late_result: z.enum(['tell', 'drop']).optional(),
    allow_private: z.boolean().default(false),
    /** What the caller types for it, one after the other: {{keypad.<name>}} in the request, and nowhere else. */
    secrets: z
      .record(functionName, secret)
      .default({})
      .refine(
        (secrets) => Object.keys(secrets).length <= MOST_SECRETS,
        `a caller types at most ${MOST_SECRETS} numbers for one tool`,
      ),
    request: describedRequest,
    tell,
  })
  .superRefine((tool, context) => {
    const args = Object.entries(tool.parameters);
    const named = (isRequired: boolean): string[] =>
      args.filter(([, { required }]) => required === isRequired).map(([name]) => `args.${name}`);
    const asked: Variables = { always: [...named(true), ...KNOWN], sometimes: named(false) };
    const results = Object.keys(tool.tell.fields).map((name) => `result.${name}`);
    const typed = Object.keys(tool.secrets).map((name) => `keypad.${name}`);
    const sent: Variables = { ...asked, always: [...asked.always, ...typed] };
    const told: Variables = { ...asked, sometimes: [...asked.sometimes, ...results] };
    const subject: Variables = { always: named(true), sometimes: [...named(false), ...results] };
    const add = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });

    for (const { path, words } of requestFaults(tool.request, sent, 'whole'))
      add(['request', ...path], words);
    const written = JSON.stringify(tool.request);
    for (const [at, name] of typed.entries())
      if (!variablesIn(written).some((variable) => variable.name === name))
        add(
          ['secrets', Object.keys(tool.secrets)[at]!],
          `the request has no {{${name}}}: what is typed would go nowhere`,
        );
    for (const fault of textFaults(tool.tell.message, told, 'words')) add(['tell', 'message'], fault);
    for (const [status, text] of Object.entries(tool.tell.when))
      for (const fault of textFaults(text, asked, 'words')) add(['tell', 'when', status], fault);
    if (typeof tool.effect === 'object' && tool.effect.about !== undefined)
      for (const fault of textFaults(tool.effect.about, subject, 'body')) add(['effect', 'about'], fault);
    if (tool.effect !== undefined && tool.effect !== false)
      for (const status of Object.keys(tool.tell.when).filter((status) => status.startsWith('5')))
        add(
          ['tell', 'when', status],
          'a service that fails may have done it all the same: with an effect, expected a status from 400 to 499',
        );
    if (tool.effect === undefined && tool.request.method !== 'GET')
      add(
        ['effect'],
        `${tool.request.method} may change something: expected effect: true, so that it is done once, or effect: false`,
      );
  });

/** One tool, as it crosses a thread. */
export type HttpToolSpec = z.output<typeof httpToolSpec>;
export type HttpToolParameter = HttpToolSpec['parameters'][string];

const httpToolsFile = z
  .array(httpToolSpec, 'expected a list of tools')
  .min(1, 'expected a list of tools')
  .superRefine((tools, context) => {
    tools.forEach(({ name }, index) => {
      if (tools.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is there twice` });
    });
  });

/** Throws TOOL_SOURCE_INVALID, a line for each fault: `file:line:column  field: words`. */
export const readHttpTools = (file: string, text: string): readonly HttpToolSpec[] =>
  readDescribed({ file, text, code: 'TOOL_SOURCE_INVALID' }, httpToolsFile);
