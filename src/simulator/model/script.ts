// A script: what the simulated model hears, says and calls, read from YAML and checked by one schema.
// The format is explained at the top of fixtures/scripts/receptionist.yaml. Knows nothing of sessions.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { PCM16_24K } from '../../audio/format.ts';
import { soundFromWav } from '../../audio/wav.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { babble } from './babble.ts';
import { duration } from './duration.ts';
import { faultSchema, type Fault } from './faults/fault.ts';
import { lineOf, type SpokenLine } from './line.ts';

export interface ScriptedCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export type Step =
  | { readonly do: 'say'; readonly text: string; readonly line: SpokenLine }
  /** Several calls go out in one message. `wait: false`: the steps after it do not wait for the answers. */
  | { readonly do: 'call'; readonly calls: readonly ScriptedCall[]; readonly wait: boolean }
  | { readonly do: 'pause'; readonly ms: number };

export interface Turn {
  /** What the caller is taken to have said. */
  readonly hears: string | undefined;
  readonly steps: readonly Step[];
  /** Of the greeting alone. `as asked`: a text that asks for other words gets those. */
  readonly greets?: 'as written' | 'as asked' | undefined;
}

export interface Script {
  readonly name: string;
  readonly greeting: Turn | undefined;
  readonly turns: readonly Turn[];
  readonly otherwise: Turn | undefined;
  /** Asked of the whole model that follows the script, not of the sockets that do. */
  readonly faults?: readonly Fault[];
}

const say = { say: z.string().trim().min(1), audio: z.string().optional() };
const call = z.strictObject({
  name: z.string().min(1),
  args: z.record(z.string(), z.unknown()).default({}),
});
const oneOrMore = z.union([call.transform((one) => [one]), z.array(call).min(1)]);

const sayStep = z.strictObject(say);
const callStep = z.strictObject({ call: oneOrMore, wait: z.boolean().default(true) });
const pauseStep = z.strictObject({ pause: duration });
type StepSource = z.infer<typeof sayStep> | z.infer<typeof callStep> | z.infer<typeof pauseStep>;

/** The key tells which step is meant, so that a fault in it is reported as that step's and not as any step's. */
const step = z.unknown().transform((source, context): StepSource => {
  const has = (key: string): boolean => typeof source === 'object' && source !== null && key in source;
  const schema = has('say') ? sayStep : has('call') ? callStep : has('pause') ? pauseStep : undefined;
  const checked = schema?.safeParse(source);
  if (checked?.success) return checked.data;
  if (checked === undefined) context.addIssue('expected a step: say, call or pause');
  for (const { path, message } of checked?.error.issues ?? [])
    context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

const turn = z.strictObject({ hears: z.string().optional(), steps: z.array(step).default([]) });
const scriptSchema = z.strictObject({
  name: z.string().min(1),
  greeting: z.strictObject({ ...say, as_asked: z.boolean().default(false) }).optional(),
  turns: z.array(turn).default([]),
  otherwise: turn.optional(),
  faults: z.array(faultSchema).default([]),
});
/** A script as it is written in YAML, or as a test writes it. */
export type ScriptSource = z.input<typeof scriptSchema>;

/** Throws SCRIPT_INVALID. `audioDir` is where `audio:` names start; lines are decoded here, once for all sessions. */
export function scriptOf(source: unknown, audioDir: string, file = 'script'): Script {
  return compile(source, audioDir, (path) => [file, ...path].join(': '));
}

/** Throws SCRIPT_INVALID naming file, line and field. Recordings lie in the `audio` folder beside the file's own. */
export function readScript(file: string, audioDir = resolve(dirname(file), '../audio')): Script {
  const lines = new LineCounter();
  let document: Document;
  let source: unknown;
  try {
    document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
    if (document.errors[0] !== undefined) throw document.errors[0];
    source = document.toJS();
  } catch (thrown) {
    throw new LivelineError('SCRIPT_INVALID', `${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
  return compile(source, audioDir, (path) => {
    const at = offsetOf(document, path);
    const where = at === undefined ? file : `${file}:${lines.linePos(at).line}`;
    return path.length === 0 ? where : `${where}: ${path.join('.')}`;
  });
}

type Path = readonly PropertyKey[];

function compile(source: unknown, audioDir: string, placeOf: (path: readonly string[]) => string): Script {
  const faults: string[] = [];
  const fault = (path: Path, why: string): void => void faults.push(`${placeOf(path.map(String))}: ${why}`);
  const checked = scriptSchema.safeParse(source);
  for (const { path, message } of checked.error?.issues ?? []) fault(path, message);

  const lineFor = (text: string, audio: string | undefined, path: Path): SpokenLine => {
    if (audio === undefined) return lineOf(babble(text));
    try {
      return lineOf(soundFromWav(readFileSync(resolve(audioDir, audio)), PCM16_24K));
    } catch (thrown) {
      fault([...path, 'audio'], messageOf(thrown));
      return lineOf(new Uint8Array());
    }
  };
  const stepOf = (from: StepSource, path: Path): Step => {
    if ('say' in from) return { do: 'say', text: from.say, line: lineFor(from.say, from.audio, path) };
    if ('call' in from) return { do: 'call', calls: from.call, wait: from.wait };
    return { do: 'pause', ms: from.pause };
  };
  const turnOf = (from: z.infer<typeof turn>, path: Path): Turn => ({
    hears: from.hears,
    steps: from.steps.map((inner, at) => stepOf(inner, [...path, 'steps', at])),
  });

  const script = checked.data;
  const compiled: Script = {
    name: script?.name ?? '',
    greeting: script?.greeting && {
      hears: undefined,
      steps: [stepOf(script.greeting, ['greeting'])],
      greets: script.greeting.as_asked ? 'as asked' : 'as written',
    },
    turns: script?.turns.map((from, at) => turnOf(from, ['turns', at])) ?? [],
    otherwise: script?.otherwise && turnOf(script.otherwise, ['otherwise']),
    faults: script?.faults ?? [],
  };
  if (faults.length > 0) throw new LivelineError('SCRIPT_INVALID', faults.join('\n'));
  return compiled;
}

/** Where in the text a field stands, or the nearest thing around it. */
function offsetOf(document: Document, path: readonly string[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
