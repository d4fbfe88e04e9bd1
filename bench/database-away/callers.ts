// The callers: who calls when, what they and the agent say, and what of it was heard whole. Knows no database.
import type { App } from '../../src/app.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Script } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { PhoneNetwork } from '../../src/simulator/phone/network.ts';
import { scripted, wav } from '../rehearsal/rehearsal.ts';

/** Its tool and its start need no database: how calls bear a CRM that is away, which is in the same one, is another matter. */
export const AGENT = `name: away
numbers: '*'
instructions: Answer.
greeting: Hello there.
look_up_caller: off
tools: ./look-around.ts
`;
export const TOOLS = `export default ({ defineTool, z }) => [
  defineTool({
    name: 'look_around',
    description: 'Looks around.',
    args: z.object({}),
    timeoutMs: 1_000,
    run: () => ({ tell: { message: 'There is nothing.' } }),
  }),
];
`;
/** One question and its answer, about. */
export const EXCHANGE_MS = 5_000;
/** Every third answer needs a tool. */
const TOOL_EVERY = 3;
/** Silence after which the caller asks on; no hole in an answer is as long as that and heals. */
const QUIET_MS = 1_500;
/** Frames come every 20 ms; where one sound ends and the next begins is known only so well, once a turn. */
const HOLE_FROM_MS = 60;

const lineOf = (n: number): string =>
  ['this', 'is', 'the', 'answer', 'number'].map((word) => `${word}${n}`).join(' ');

export function conversation(exchanges: number): Script {
  return scripted({
    name: 'database-away',
    greeting: { say: 'Hello there.' },
    turns: Array.from({ length: exchanges }, (_, n) => ({
      hears: `Question ${n}, please.`,
      steps: [
        { say: lineOf(n) },
        ...(n % TOOL_EVERY === 0 ? [{ call: { name: 'look_around' } }, { say: `looked${n}` }] : []),
      ],
    })),
  });
}

export interface Heard {
  readonly calls: number;
  /** Calls that ended otherwise than their script says, and how. */
  readonly broken: readonly string[];
  /** Words of answers that were not heard, or not once, by the server's own account of the ear. */
  readonly notOnce: number;
  /** At the phone: silence inside of answers, in ms, of every answer that had some. */
  readonly holesMs: readonly number[];
  /** From the end of a question to the first sound of its answer. */
  readonly answersMs: readonly number[];
}

interface Placed {
  readonly call: PhoneCall;
  readonly exchanges: number;
}

export class Callers {
  readonly #placed: Placed[] = [];
  readonly #words = new Map<string, string[]>();
  readonly #app: App;
  readonly #network: PhoneNetwork;

  constructor(app: App, network: PhoneNetwork) {
    this.#app = app;
    this.#network = network;
    app.notices.subscribe((notice) => {
      if (notice.type !== 'transcript' || notice.entry.who !== 'agent' || notice.entry.state === 'open')
        return;
      // An entry may be told again with more in it.
      const texts = this.#words.get(notice.callId) ?? [];
      texts[notice.entry.n] = notice.entry.heard;
      this.#words.set(notice.callId, texts);
    });
  }

  place(exchanges: number): void {
    const question = { say: wav('caller/yes'), when: 'agentQuiet' as const };
    const call = this.#network.placeCall({
      baseUrl: this.#app.publicBaseUrl,
      script: [
        ...Array.from({ length: exchanges }, () => question),
        { hangUp: true, when: 'agentQuiet' as const },
      ],
      quietMs: QUIET_MS,
      patienceMs: 15_000,
      keepSound: false,
    });
    this.#placed.push({ call, exchanges });
  }

  /** Evenly within that time, the first one at once. */
  async placeWithin(count: number, withinMs: number, exchanges: number, clock: Clock): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.place(exchanges);
      await pause(clock, withinMs / count);
    }
  }

  /** Once all calls are over. */
  async judge(): Promise<Heard> {
    const broken: string[] = [];
    const holesMs: number[] = [];
    const answersMs: number[] = [];
    let notOnce = 0;
    for (const { call, exchanges } of this.#placed) {
      const { hungUpBy, why, errors, streams } = await call.done;
      const asTheScriptSays = hungUpBy === 'caller' && why === 'the script says so';
      if (!asTheScriptSays || errors.length > 0 || streams !== 1)
        broken.push(`${hungUpBy}: ${why}, ${streams} streams, ${errors.map(({ code }) => code).join()}`);
      const words = (this.#words.get(call.callSid) ?? []).join(' ').match(/[a-z]+\d+/g) ?? [];
      const wanted = wordsOf(exchanges);
      notOnce += wanted.filter((word) => words.filter((each) => each === word).length !== 1).length;
      const { holes, answers } = earOf(call);
      holesMs.push(...holes);
      answersMs.push(...answers);
    }
    return { calls: this.#placed.length, broken, notOnce, holesMs, answersMs };
  }
}

export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => clock.after(ms, resolve));

const wordsOf = (exchanges: number): readonly string[] =>
  Array.from({ length: exchanges }, (_, n) =>
    n % TOOL_EVERY === 0 ? `${lineOf(n)} looked${n}` : lineOf(n),
  ).flatMap((line) => line.split(' '));

/** A turn with a tool has a pause that belongs to it: such turns count as answers, not for holes. */
function earOf(call: PhoneCall): { holes: number[]; answers: number[] } {
  const holes: number[] = [];
  const answers: number[] = [];
  let questions = 0;
  let askedMs: number | undefined;
  let startedMs = 0;
  for (const event of call.events) {
    if (event.type === 'saidEnd') {
      askedMs = event.atMs;
      questions += 1;
    }
    if (event.type === 'agentStarted') {
      startedMs = event.atMs;
      if (askedMs !== undefined) answers.push(event.atMs - askedMs);
      askedMs = undefined;
    }
    if (event.type !== 'agentQuiet') continue;
    const holeMs = event.endedAtMs - startedMs - event.spokeMs;
    const hasTool = questions > 0 && (questions - 1) % TOOL_EVERY === 0;
    if (!hasTool && holeMs >= HOLE_FROM_MS) holes.push(holeMs);
  }
  return { holes, answers };
}
