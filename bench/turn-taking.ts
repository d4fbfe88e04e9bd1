// `npm run bench -- turn-taking`: callers who interrupt, cough, agree or echo while the agent speaks, and what becomes of the
// agent's voice, by who hears that the caller speaks. Real calls over real sockets, in this process, in real time.
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import type { CallerStep } from '../src/simulator/phone/script.ts';
import { printRows, type Row } from './codec/table.ts';
import { percentile } from './rehearsal/percentile.ts';
import { rehearse, scripted, wav, type Rehearsal } from './rehearsal/rehearsal.ts';
import { answerOf, taken, type Answer, type Taken } from './turn-taking/heard-answer.ts';
import { KINDS, sceneOf, type Kind, type Scene } from './turn-taking/scenes.ts';

const USAGE = `npm run bench -- turn-taking [--calls 20] [--seed 1]
  --calls  of every kind, by each way of taking turns
  --seed   which voices, sounds and moments`;
const MODES = ['local', 'server'] as const;
type Mode = (typeof MODES)[number];
const NUMBERS: Readonly<Record<Mode, string>> = { local: '+15550100001', server: '+15550100002' };
const LEAST_CUT_PERCENT = 95;
const MOST_FALSE_PERCENT = 5;
/** A judge needs its first 60 ms, the line a few frames; beyond, the caller feels talked over. */
const LOWERED_WITHIN_MS = 150;
/** Once the caller has said it, the agent has had its time to stop. */
const AFTERWARDS_MS = 1_500;
/** A clear after which so little is heard is a cut; one that lowers the voice sends the same words again at once. */
const SILENT_FOR_MS = 250;
/** Of an echo, which has no end of its own. */
const ECHO_MS = 4_000;
/** No scene takes longer; where an echo confuses the talk, the call would. */
const CALL_MS = 12_000;

/** Sets exit code 1 when a goal of local turn-taking is missed; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { calls: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
  });
  const [calls, seed] = [Number(values.calls), Number(values.seed)];
  if (!(Number.isInteger(calls) && calls >= 1 && calls <= 40 && Number.isInteger(seed) && seed >= 0)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const line = {
    say: 'On Saturdays we are open from nine in the morning.',
    audio: 'agent/opening-hours.wav',
  };
  const rehearsal = await rehearse({
    setupMs: 10,
    thinkMs: 100,
    script: scripted({ name: 'turn-taking', greeting: { say: 'Hello.' }, otherwise: { steps: [line] } }),
    agents: MODES.map((mode) =>
      [
        ...[`name: ${mode}`, `numbers: ['${NUMBERS[mode]}']`, 'instructions: Answer.', 'greeting: Hello.'],
        `turn_taking: ${mode}`,
      ].join('\n'),
    ),
  });
  try {
    const whole = Object.fromEntries(
      await Promise.all(MODES.map(async (mode) => [mode, await wholeAnswer(rehearsal, mode)] as const)),
    ) as Record<Mode, Answer>;
    const scenes = async (kind: Kind, mode: Mode): Promise<Taken[]> => {
      const all = await Promise.all(
        Array.from({ length: calls }, (_, n) => play(rehearsal, mode, sceneOf(kind, seed, n), whole[mode])),
      );
      const missing = all.flatMap((scene, n) => (scene ? [] : [n]));
      if (missing.length > 0)
        console.log(`${kind}, ${mode}: not answered: calls ${missing.join(', ')} of 0 to ${calls - 1}`);
      return all.flatMap((scene) => scene ?? []);
    };
    // Their delays are measured: one way at a time, so that they do not wait for each other.
    const cut = {
      local: await scenes('interruption', 'local'),
      server: await scenes('interruption', 'server'),
    };
    const falseCuts: Row[] = [];
    for (const kind of KINDS.filter((each) => each !== 'interruption')) {
      const both = await Promise.all(MODES.map((mode) => scenes(kind, mode)));
      falseCuts.push(
        {
          figure: `${kind}: the agent was cut off, %`,
          target: { atMost: MOST_FALSE_PERCENT },
          digits: 0,
          values: both.map(shareCut),
        },
        { figure: '    its voice was lowered, %', digits: 0, values: both.map(shareLowered) },
        unanswered('    calls that were not answered', calls, both),
      );
    }
    report(calls, cut, falseCuts);
  } finally {
    await rehearsal.close();
  }
}

function report(
  calls: number,
  cut: Readonly<Record<Mode, readonly Taken[]>>,
  falseCuts: readonly Row[],
): void {
  const times = (figure: string, of: (scene: Taken) => number | undefined, p95AtMost?: number): Row[] =>
    ([0.5, 0.95] as const).map((share) => ({
      ...(share === 0.95 && p95AtMost !== undefined && { target: { atMost: p95AtMost } }),
      figure: share === 0.5 ? `${figure}, p50, ms` : '    p95',
      digits: 0,
      values: MODES.map((mode) =>
        percentile(
          cut[mode].flatMap((scene) => of(scene) ?? []),
          share,
        ),
      ),
    }));
  const rows: Row[] = [
    unanswered(
      'interruption: calls that were not answered',
      calls,
      MODES.map((mode) => cut[mode]),
    ),
    {
      figure: 'interruption: the agent was cut off, %',
      target: { atLeast: LEAST_CUT_PERCENT },
      digits: 0,
      values: MODES.map((mode) => shareCut(cut[mode])),
    },
    ...times(
      'caller heard to speak → softer voice in their ear',
      ({ softerAfterMs }) => softerAfterMs,
      LOWERED_WITHIN_MS,
    ),
    ...times('caller heard to speak → `clear`, agent silent', ({ cutAfterMs }) => cutAfterMs),
    ...falseCuts,
  ];
  console.log(
    `${calls} calls of every kind. "server": the simulated model's own detector, which goes by loudness alone and stands for the API's.\n`,
  );
  printRows(MODES, rows);
  const isMissed = ({ target, values: [local = NaN] }: Row): boolean =>
    target !== undefined && !('atMost' in target ? local <= target.atMost : local >= target.atLeast);
  if (rows.some(isMissed)) process.exitCode = 1;
}

/** Such a scene shows nothing of what it is for. */
const unanswered = (figure: string, calls: number, scenes: readonly (readonly Taken[])[]): Row => ({
  figure,
  target: { atMost: 0 },
  digits: 0,
  values: scenes.map(({ length }) => calls - length),
});
const share = (scenes: readonly Taken[], of: (scene: Taken) => unknown): number =>
  (100 * scenes.filter((scene) => of(scene) !== undefined).length) / scenes.length;
const shareCut = (scenes: readonly Taken[]): number => share(scenes, ({ cutAfterMs }) => cutAfterMs);
const shareLowered = (scenes: readonly Taken[]): number =>
  share(scenes, ({ softerAfterMs }) => softerAfterMs);

const ASK: CallerStep = { say: wav('caller/yes') };

/** The call of somebody who listens. Throws when the agent says nothing. */
async function wholeAnswer(rehearsal: Rehearsal, mode: Mode): Promise<Answer> {
  const placedMs = systemClock.nowMs();
  const call = rehearsal.place({
    to: NUMBERS[mode],
    quietMs: 300,
    script: [ASK, { hangUp: true, when: { agentSpokeForMs: 7_000 } }],
  });
  await call.done;
  const answer = answerOf(call, placedMs);
  if (answer) return answer;
  throw new Error(`no answer was heard where turns are taken by: ${mode}`);
}

async function play(
  rehearsal: Rehearsal,
  mode: Mode,
  scene: Scene,
  whole: Answer,
): Promise<Taken | undefined> {
  const placedMs = systemClock.nowMs();
  let cutAtMs: number | undefined;
  let asked = false;
  const call = rehearsal.place({
    to: NUMBERS[mode],
    quietMs: 300,
    faults: { stream: scene.faults },
    script: scene.says
      ? [
          ASK,
          { say: scene.says.wav, when: { agentSpokeForMs: scene.says.afterMs } },
          { hangUp: true, when: { afterMs: AFTERWARDS_MS } },
        ]
      : [ASK, { hangUp: true, when: { agentSpokeForMs: ECHO_MS } }],
    onEvent: ({ type, atMs }) => {
      asked ||= type === 'said';
      // What is cleared before is the greeting, and its end is as silent as a cut.
      if (type !== 'cleared' || !asked) return;
      const heardMs = call.heardMs;
      systemClock.after(SILENT_FOR_MS, () => {
        if (call.ended || cutAtMs !== undefined || call.heardMs - heardMs > SILENT_FOR_MS / 2) return;
        cutAtMs = placedMs + atMs;
        // Nothing more is to be learned from this call.
        call.hangUp();
      });
    },
  });
  const stopTimer = systemClock.after(CALL_MS, () => call.hangUp());
  await call.done;
  stopTimer();
  return taken(scene, { call, placedMs, cutAtMs }, whole);
}
