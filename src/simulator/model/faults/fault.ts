// A fault as it is asked for: a mapping in a script, or text such as
// `close:code=1011,reason=Internal error,on=agent-speaking,after=300ms`. Knows nothing of sockets.
import { z } from 'zod';
import { LivelineError } from '../../../base/errors.ts';
import { DEEDS, deed, type Deed } from './deeds.ts';
import { FIELD_BREAK } from './terms.ts';
import { trap, TRAPS, type Trap } from './traps.ts';

/** Times in milliseconds. */
export type Fault = Deed | Trap;
/** As a script or a test writes it. */
export type FaultSource = z.input<typeof deed> | z.input<typeof trap> | string;

const DEED_NAMES: readonly string[] = DEEDS.map(({ shape }) => shape.fault.value);
const TRAP_NAMES: readonly string[] = TRAPS.map(({ shape }) => shape.fault.value);
const DURATIONS = new Set(['after', 'every', 'for', 'timeLeft', 'under']);

/** Each field of the text, or what is wrong with it. */
function* fieldsOf(text: string): Generator<{ key: string; value: string } | string> {
  const [, name = '', rest] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  yield { key: 'fault', value: name.trim() };
  const seen = new Set(['fault']);
  for (const field of rest?.split(FIELD_BREAK) ?? []) {
    const at = field.indexOf('=');
    const key = field.slice(0, Math.max(0, at)).trim();
    if (key === '') yield `expected key=value, not "${field}"`;
    else if (seen.has(key)) yield `${key} stands twice`;
    else yield { key, value: field.slice(at + 1) };
    seen.add(key);
  }
}

/** The name tells which fault is meant, so that what is wrong with it is told as that fault's and not as any fault's. */
export const faultSchema = z.unknown().transform((asked, context): Fault => {
  let source = asked;
  if (typeof asked === 'string') {
    const fields = [...fieldsOf(asked)];
    for (const field of fields) if (typeof field === 'string') context.addIssue(field);
    source = Object.fromEntries(
      fields.flatMap((field) => (typeof field === 'string' ? [] : [[field.key, field.value]])),
    );
  }
  const name = z.object({ fault: z.string() }).safeParse(source).data?.fault ?? '';
  const schema = DEED_NAMES.includes(name) ? deed : TRAP_NAMES.includes(name) ? trap : undefined;
  if (schema === undefined) {
    const what = name === '' ? 'expected a fault' : `there is no fault "${name}"`;
    context.addIssue(`${what}; there are ${[...DEED_NAMES, ...TRAP_NAMES].join(', ')}`);
    return z.NEVER;
  }
  const checked = schema.safeParse(source);
  for (const { path, message } of checked.error?.issues ?? [])
    context.addIssue({ code: 'custom', path, message });
  return checked.data ?? z.NEVER;
});

/** Throws SCRIPT_INVALID saying what is wrong with it and what there is. */
export function faultOf(source: FaultSource): Fault {
  const checked = faultSchema.safeParse(source);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new LivelineError('SCRIPT_INVALID', faults.join('; '));
}

/** The text that `faultOf` reads as this very fault; what a fault does unless told otherwise is left out. */
export function textOf(fault: Fault): string {
  const usual: Readonly<Record<string, unknown>> = { ...faultOf({ fault: fault.fault }) };
  const fields = Object.entries(fault).flatMap(([key, value]) =>
    value === undefined || value === usual[key] ? [] : [`${key}=${written(key, value)}`],
  );
  return fields.length === 0 ? fault.fault : `${fault.fault}:${fields.join(',')}`;
}

/** A field's value as `faultOf` reads it. */
export function written(key: string, value: string | number | boolean): string {
  if (typeof value !== 'number' || !DURATIONS.has(key)) return value === Infinity ? 'always' : String(value);
  return value >= 1_000 && value % 100 === 0 ? `${value / 1_000}s` : `${value}ms`;
}
