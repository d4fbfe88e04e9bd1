// A conversation goes on in another session, as in another process, against the simulated model with a fault at every turn:
// what was said is known, a call is answered once, and nobody is greeted a second time. Prints the matrix.
import { afterAll, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiKeyAccess } from '../../src/live/gemini/access.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type {
  LiveSession,
  ModelMemory,
  Resumption,
  Said,
  SessionEvent,
  SessionSetup,
  ToolCall,
} from '../../src/live/session.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import type { FaultSource } from '../../src/simulator/model/faults/fault.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

const GREETING = 'The call has just connected. Greet the caller.';
const SCRIPT = scriptOf(
  {
    name: 'taken up',
    greeting: { say: 'Good morning, harbour office.' },
    turns: [
      {
        hears: 'Who am I?',
        steps: [{ call: { name: 'look_up_contact' } }, { say: 'You are {{look_up_contact.name}}.' }],
      },
      { hears: 'Goodbye', steps: [{ say: 'Until next time.' }] },
    ],
  },
  '.',
);
const SETUP: SessionSetup = {
  ...{ model: 'gemini-3.8-live', instructions: 'Be brief.', voiceActivity: {}, callerInterrupts: true },
  tools: [
    {
      ...{ name: 'look_up_contact', description: 'Who calls.', behavior: 'blocking' },
      parameters: { type: 'object', properties: {} },
    },
  ],
};

/** One process's end of it, with all that a journal would keep. */
class Talker {
  readonly session: LiveSession;
  readonly events: SessionEvent[] = [];
  readonly said: Said[];
  memory: ModelMemory | undefined;
  pending: readonly ToolCall[];
  #turn: string[] = [];
  #woken = Promise.withResolvers<undefined>();

  constructor(session: LiveSession, { said, memory, pending }: Pick<Talker, 'said' | 'memory' | 'pending'>) {
    this.session = session;
    this.said = [...said];
    this.memory = memory;
    this.pending = pending;
    session.listen({
      onAudio: () => undefined,
      onEvent: (event) => this.#took(event),
      recall: () => this.said,
    });
  }

  #took(event: SessionEvent): void {
    this.events.push(event);
    if (event.type === 'remembered') this.memory = event.memory;
    if (event.type === 'toolsCalled') this.pending = event.calls;
    if (event.type === 'agentSaid') this.#turn.push(event.text);
    if (event.type === 'turnEnded') this.said.push({ who: 'agent', text: this.#turn.splice(0).join('') });
    this.#woken.resolve(undefined);
    this.#woken = Promise.withResolvers();
  }

  async until(type: SessionEvent['type'], count = 1): Promise<void> {
    while (this.events.filter((event) => event.type === type).length < count) await this.#woken.promise;
  }

  ask(text: string): void {
    this.said.push({ who: 'caller', text });
    this.session.prompt(text);
  }

  answer(): void {
    const [{ id, name }] = this.pending as [ToolCall];
    this.pending = [];
    this.session.answerTool({ id, name, response: { name: 'Ada' } });
  }

  get resume(): Resumption {
    return { memory: this.memory, pending: this.pending };
  }
}

interface Row {
  readonly name: string;
  readonly faults?: readonly FaultSource[];
  /** `silent`: the host is gone, and the model believes in its socket. */
  readonly way?: 'cut' | 'silent';
  /** What is left of the session before. */
  readonly left?: (resume: Resumption) => Resumption;
  readonly ends: 'kept' | 'told' | 'failed';
}

/** A process that is gone asked for nothing; the first chance that counts is the next one's. */
const ROWS: readonly Row[] = [
  { name: 'nothing else', ends: 'kept' },
  { name: 'handle unknown (1008)', faults: ['unknown-handle'], ends: 'told' },
  { name: 'handle refused (1007)', faults: ['refuse-handle:code=1007'], ends: 'told' },
  { name: 'handle refused twice (1011)', faults: ['refuse-handle:times=2'], ends: 'kept' },
  { name: 'old socket believed open', way: 'silent', ends: 'told' },
  { name: 'setup never answered', faults: ['never-ready:nth=2'], ends: 'told' },
  { name: 'HTTP 503, once', faults: ['refuse-upgrade:nth=2'], ends: 'kept' },
  { name: 'context forgotten', faults: ['forget'], ends: 'kept' },
  { name: 'no handle', left: ({ pending }) => ({ memory: undefined, pending }), ends: 'told' },
  {
    name: 'handle too old',
    left: ({ memory, pending }) => ({
      memory: memory && { ...memory, atMs: memory.atMs - 2 * 3_600_000 },
      pending,
    }),
    ends: 'told',
  },
  {
    name: 'another model',
    left: ({ memory, pending }) => ({ memory: memory && { ...memory, model: 'models/another' }, pending }),
    ends: 'told',
  },
  { name: 'model gone', faults: ['refuse-upgrade:nth=2,times=always'], ends: 'failed' },
];
const PHASES = ['at rest', 'tool at work'] as const;
const HANDLES = ['settled', 'always'] as const;
const SPEED = 10;

const results = new Map<string, string>();
const cases = ROWS.flatMap((row) =>
  PHASES.flatMap((phase) => HANDLES.map((handles) => [row.name, phase, handles, row] as const)),
);

test.concurrent.for(cases)(
  '%s, gone %s, handles %s',
  { timeout: 20_000 },
  async ([name, phase, handles, row], { onTestFinished, expect }) => {
    const clock = fastClock(SPEED, systemClock);
    const model = await startModel({ script: SCRIPT, clock, handles, faults: [...(row.faults ?? [])] });
    const { hostname, port } = new URL(model.url);
    const proxy = await tcpProxy(hostname, Number(port));
    onTestFinished(() => Promise.all([proxy.end(), model.close()]).then(() => undefined));
    const live = (through: number) =>
      createGeminiLive({
        ways: [apiKeyAccess({ apiKey: 'key', baseUrl: `http://127.0.0.1:${through}`, name: 'Gemini API' })],
        ...{ clock, random: () => 0.5 },
      });

    const first = new Talker(live(proxy.port).open(SETUP, silentLog), {
      ...{ said: [], memory: undefined, pending: [] },
    });
    await first.until('ready');
    first.session.prompt(GREETING);
    await first.until('idle');
    if (phase !== 'at rest') {
      first.ask('Who am I?');
      await first.until('toolsCalled');
    }
    const { resume, said } = first;
    proxy.close(row.way ?? 'cut');
    first.session.close();
    if (row.way !== 'silent') await model.sessions[0]!.until('closed');

    const beganMs = clock.nowMs();
    const left = row.left?.(resume) ?? resume;
    const second = new Talker(live(Number(port)).open({ ...SETUP, resume: left }, silentLog), {
      said,
      ...left,
    });
    if (row.ends === 'failed') {
      await second.until('failed');
      expect(second.events.map(({ type }) => type)).toEqual(['failed']);
      results.set(`${name} ${phase} ${handles}`, `failed ${Math.round(clock.nowMs() - beganMs)}`);
      return;
    }
    await second.until('ready');
    const backMs = Math.round(clock.nowMs() - beganMs);
    expect(second.events[0]).toEqual({ type: 'ready', memory: row.ends });
    if (phase === 'at rest') {
      second.ask('Who am I?');
      await second.until('toolsCalled');
    }
    second.answer();
    await second.until('turnEnded', 1);
    second.ask('Goodbye');
    await second.until('turnEnded', 2);

    const spoken = second.said.slice(said.length).filter(({ who }) => who === 'agent');
    const words = spoken.map(({ text }) => text).join(' ');
    expect(words).not.toContain('Good morning');
    expect(words.match(/Until next time/g)).toHaveLength(1);
    const happened = model.sessions.slice(1).flatMap(({ events }) => events);
    expect(happened.filter((event) => event.type === 'replied' && event.greeting)).toEqual([]);
    expect(happened.filter((event) => event.type === 'prompted' && event.text === GREETING)).toEqual([]);
    const asked = model.sessions.flatMap(({ events }) => events).filter(({ type }) => type === 'called');
    expect(asked, 'called once').toHaveLength(1);
    results.set(`${name} ${phase} ${handles}`, `${row.ends} ${backMs}`);
  },
);

afterAll(() => {
  const columns = PHASES.flatMap((phase) => HANDLES.map((handles) => `${phase} ${handles}`));
  const lines = [
    ['fault', ...columns],
    ...ROWS.map(({ name }) => [
      name,
      ...columns.map((column) => results.get(`${name} ${column}`) ?? 'FAILED'),
    ]),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  console.log(
    [
      'taken up by another session: the memory, and ms until the model was there',
      ...lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')),
    ].join('\n'),
  );
});
