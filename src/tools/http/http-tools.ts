// A tool that asks a web service, as a file describes it. What comes back is told in the words of that file; a value is
// never more than a value, neither on the way out nor on the way in.
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import { fillRequest, readField } from '../../web/described.ts';
import { splitAddress } from '../../web/described-address.ts';
import { secretFaults } from '../../web/described-faults.ts';
import { createRest, type RestAnswer } from '../../web/rest.ts';
import { fillText, ValueRefused, type Secrets, type Values } from '../../web/template.ts';
import { defineTool } from '../define-tool.ts';
import type { HttpToolParameter, HttpToolSpec } from './http-tools-file.ts';
import { ToolRefusal } from '../refusal.ts';
import { askFor, withTyping } from './typed.ts';
import type { Effect, Tool, ToolContext, ToolResult } from '../tool.ts';

const CODES = { unavailable: 'TOOL_UNAVAILABLE', refused: 'TOOL_REFUSED', inDoubt: 'TOOL_IN_DOUBT' } as const;
/** An attempt ends before the tool's own time, so that whether something may have been done is still said. */
const ATTEMPT_SHARE = 0.9;
/** What is told of an answer; the rest of a long one helps nobody on the phone. */
const MOST = { characters: 1_000, items: 50, depth: 6 };
/** Inside a sentence. */
const MOST_CHARACTERS_SPOKEN = 200;

/** Throws TOOL_SOURCE_INVALID when a secret that it names is not set. */
export function httpTool(spec: HttpToolSpec, deps: { secrets: Secrets; clock: Clock }): Tool {
  const { name, request } = spec;
  const faults = secretFaults([request], deps.secrets);
  if (faults.length > 0)
    throw new LivelineError('TOOL_SOURCE_INVALID', `the tool ${name}: ${faults.join('; ')}`);
  const rest = createRest({
    name: `the tool ${name}`,
    baseUrl: splitAddress(request.url).origin,
    codes: CODES,
    allowPrivate: spec.allow_private,
    attemptTimeoutMs: Math.floor(spec.timeout_ms * ATTEMPT_SHARE),
    clock: deps.clock,
  });
  const effect = effectOf(spec);

  return defineTool({
    name,
    description: withTyping(spec),
    args: z.object(
      Object.fromEntries(Object.entries(spec.parameters).map(([key, one]) => [key, schemaOf(one)])),
    ),
    timeoutMs: spec.timeout_ms,
    effect,
    lateResult: spec.late_result,
    secrets: Object.values(spec.secrets).map(({ ask }) => ask),
    async run(args, context) {
      const values = valuesOf(args, context);
      const typed = await askFor(spec, context);
      const sent: Values = new Map([...values, ...typed.values]);
      const filled = unlessRefused(name, () => fillRequest(request, sent, deps.secrets));
      const answer = await rest.ask({
        ...filled,
        repeatable: spec.repeatable ?? effect === undefined,
        expects: Object.keys(spec.tell.when).map(Number),
        signal: context.signal,
      });
      const result = resultOf(spec, values, answer);
      return { ...result, tell: { ...result.tell, ...typed.told } };
    },
  });
}

function effectOf({ effect }: HttpToolSpec): Effect | undefined {
  if (effect === undefined || effect === false) return undefined;
  if (effect === true) return {};
  const { reverses, about } = effect;
  return {
    reverses,
    about: (args) => (about === undefined ? undefined : fillText(about, spoken(argsOf(args)))),
  };
}

const argsOf = (args: JsonObject): Values =>
  new Map(Object.entries(args).map(([key, value]) => [`args.${key}`, value] as const));

function schemaOf(one: HttpToolParameter): z.ZodType {
  const schema = one.required ? kindOf(one) : emptyIsNone(one);
  return schema.describe(one.description);
}

/** Models send an empty text for what they mean to leave out. */
const emptyIsNone = (one: HttpToolParameter): z.ZodType =>
  one.type === 'string' && one.enum === undefined
    ? z
        .string()
        .trim()
        .max(one.max_length)
        .transform((text) => text || undefined)
        .optional()
    : kindOf(one).optional();

function kindOf({ type, enum: values, items, max_length }: HttpToolParameter): z.ZodType {
  switch (type) {
    case 'string':
      return values ? z.enum(values) : z.string().trim().min(1, 'expected some text').max(max_length);
    case 'integer':
      return z.int();
    case 'number':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'array':
      return z
        .array(kindOf({ type: items ?? 'string', description: '', required: true, max_length }))
        .max(MOST.items);
  }
}

const valuesOf = (args: JsonObject, { caller, called, callId, effectKey }: ToolContext): Values =>
  new Map<string, unknown>([
    ...argsOf(args),
    ['caller', caller],
    ['called', called],
    ['call_id', callId],
    ['effect_key', effectKey],
  ]);

/** An argument that cannot be sent is the model's to mend; anything else is not. */
function unlessRefused<T>(tool: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof ValueRefused)) throw thrown;
    if (!thrown.variable.startsWith('args.'))
      throw new LivelineError('TOOL_REFUSED', `the tool ${tool}: ${thrown.message}; nothing was sent`);
    throw new LivelineError(
      'TOOL_ARGUMENTS_INVALID',
      `${thrown.variable.slice('args.'.length)}: this value cannot be sent. Call it once more with this corrected, or ask the caller for it.`,
    );
  }
}

function resultOf(spec: HttpToolSpec, values: Values, { status, body }: RestAnswer): ToolResult {
  const { name, tell, effect } = spec;
  const words = Object.hasOwn(tell.when, status) ? tell.when[status] : undefined;
  if (words !== undefined) {
    const message = fillText(words, spoken(values)) ?? '';
    if (effectOf(spec) === undefined) return { tell: { message } };
    // It takes nothing back, and may be tried again: the table that is taken now may be free soon.
    throw new ToolRefusal(`the tool ${name}: the service answered ${status}; nothing was done`, {}, message);
  }
  try {
    const fields = Object.entries(tell.fields).flatMap(([key, field]) => {
      const value = cut(readField(field, body), MOST.depth);
      return value === undefined ? [] : [[key, value] as const];
    });
    const told = new Map([...values, ...fields.map(([key, value]) => [`result.${key}`, value] as const)]);
    const about =
      typeof effect === 'object' && effect.about ? fillText(effect.about, spoken(told)) : undefined;
    return {
      tell: { message: fillText(tell.message, spoken(told)) ?? '', ...Object.fromEntries(fields) },
      about,
    };
  } catch (cause) {
    throw new LivelineError(
      effectOf(spec) === undefined ? 'TOOL_UNAVAILABLE' : 'TOOL_IN_DOUBT',
      `the tool ${name}: its answer cannot be read as its file says; look at tell:`,
      { cause },
    );
  }
}

/** In a sentence: one line, and no more of it than is said. What is no plain value cannot be said, and has no value. */
const spoken = (values: Values): Values =>
  new Map(
    [...values].flatMap(([name, value]) => {
      const items = (Array.isArray(value) ? value : [value]).filter(
        (item) => item !== undefined && item !== null,
      );
      if (items.length === 0 || items.some((item) => typeof item === 'object')) return [];
      const line = items
        .map(String)
        .join(', ')
        .toWellFormed()
        .replaceAll(/[\p{Zl}\p{Zp}\s]+/gu, ' ')
        .replaceAll(/\p{Cc}/gu, '')
        .trim();
      return line === '' ? [] : [[name, line.slice(0, MOST_CHARACTERS_SPOKEN).toWellFormed()] as const];
    }),
  );

function cut(value: unknown, depth: number): unknown {
  if (value === null || depth === 0) return undefined;
  if (typeof value === 'string') return value.slice(0, MOST.characters).toWellFormed();
  if (Array.isArray(value)) return value.slice(0, MOST.items).map((item) => cut(item, depth - 1) ?? null);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST.items)
      .flatMap(([key, inner]) => {
        const short = cut(inner, depth - 1);
        return short === undefined ? [] : [[key, short] as const];
      }),
  );
}
