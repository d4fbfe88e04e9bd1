// `npm run bench -- greeting`: from the phone's `start` to the first sound of the agent in its ear, for a greeting that the model
// speaks, one kept from an earlier call, and one from a file. One call after another, in this process, in real time.
import { parseArgs } from 'node:util';
import type { PhoneCall } from '../src/simulator/phone/call.ts';
import { printRows, type Row } from './codec/table.ts';
import { percentile } from './rehearsal/percentile.ts';
import { fixture, rehearse, scripted, type Rehearsal } from './rehearsal/rehearsal.ts';

const GREETING = 'Hello, this is a short greeting.';
/** Of the simulated model; Google's own takes longer to think, about 1.2 s. */
const MODEL = { setupMs: 100, thinkMs: 300 };
const GOAL_MS = 150;

type From = 'model' | 'cache' | 'file';

/** Sets exit code 1 when a kept greeting comes later than the goal, or not from where it should; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { calls: { type: 'string', default: '40' } } });
  const calls = Number(values.calls);
  if (!Number.isInteger(calls) || calls < 1 || calls > 80) {
    console.error('npm run bench -- greeting [--calls 40]');
    process.exitCode = 2;
    return;
  }
  const waits = {
    model: await waitsFor('model', calls),
    cache: await waitsFor('cache', calls),
    file: await waitsFor('file', calls),
  };
  const modelMs = MODEL.setupMs + MODEL.thinkMs;
  const rowOf = (figure: string, from: From, beyondMs: number): Row => {
    const p50 = percentile(waits[from], 0.5) ?? NaN;
    const p95 = percentile(waits[from], 0.95) ?? NaN;
    const target = from === 'model' ? {} : { target: { atMost: GOAL_MS } };
    return { figure, ...target, digits: 0, values: [p95, p50, p95 - beyondMs, p50 - beyondMs] };
  };
  console.log(
    `${calls} calls each, one after another: ms from the stream's start to the first agent sound at the phone.\n` +
      `Of the model's greeting, ${MODEL.setupMs} ms of setup and ${MODEL.thinkMs} ms of thinking are the simulated model's; "beyond" leaves them out.\n`,
  );
  printRows(
    ['p95', 'p50', 'p95 beyond', 'p50 beyond'],
    [
      rowOf('spoken by the model', 'model', modelMs),
      rowOf('kept from an earlier call', 'cache', 0),
      rowOf('from a file', 'file', 0),
    ],
  );
  const late = (['cache', 'file'] as const).filter((from) => !(percentile(waits[from], 0.95)! <= GOAL_MS));
  if (late.length > 0) process.exitCode = 1;
}

/** Of each call. Throws when a greeting did not come from where it should. */
async function waitsFor(from: From, calls: number): Promise<number[]> {
  const rehearsal = await rehearse({
    ...MODEL,
    script: scripted({ name: 'greeting', greeting: { say: GREETING } }),
    agents: [
      [
        ...['name: bench', "numbers: '*'", 'instructions: Greet.', `greeting: ${GREETING}`],
        ...(from === 'file' ? [`greeting_audio: ${fixture('audio/agent/greeting.wav')}`] : []),
      ].join('\n'),
    ],
  });
  const played: string[] = [];
  rehearsal.app.notices.subscribe((notice) => {
    if (notice.type === 'greeting-played') played.push(notice.from);
  });
  try {
    // What is heard whole is kept.
    if (from === 'cache') await greeted(rehearsal, (call) => call.until('agentQuiet'));
    const waitsMs: number[] = [];
    for (let call = 0; call < calls; call++)
      waitsMs.push(await greeted(rehearsal, (placed) => placed.until('agentStarted')));
    const wanted = from === 'model' ? 0 : calls;
    if (played.length !== wanted || played.some((which) => which !== from))
      throw new Error(`${played.length} greetings were recordings; ${wanted} from ${from} were expected`);
    return waitsMs;
  } finally {
    await rehearsal.close();
  }
}

/** One call, hung up as soon as `until` says so; a greeting that is not heard whole is not kept. */
async function greeted({ place }: Rehearsal, until: (call: PhoneCall) => Promise<unknown>): Promise<number> {
  const call = place({ keepSound: false });
  const [opened, started] = await Promise.all([
    call.until('streamOpened'),
    call.until('agentStarted'),
    until(call),
  ]);
  call.hangUp();
  await call.done;
  return started.atMs - opened.atMs;
}
