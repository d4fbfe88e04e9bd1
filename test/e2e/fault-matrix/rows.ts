// The rows of the matrix: every fault of the simulated model, and what a call must then be like.
import type { FaultSource } from '../../../src/simulator/model/faults/fault.ts';
import { at, type Caller, type Phase } from './scenario.ts';

export interface Row {
  readonly name: string;
  readonly faults: (phase: Phase) => readonly FaultSource[];
  readonly caller: Caller;
  readonly handles: 'settled' | 'always';
  /** Every word of the script is heard: nothing that the model said was lost with the socket. */
  readonly whole: boolean;
  /** The fault itself makes the model say a line twice. */
  readonly saidTwice: boolean;
  readonly ends: 'caller-hung-up' | 'model-failed';
  /** How often the connection is lost or renewed; undefined where it depends on the moment. */
  readonly switches: number | undefined;
}

const row = (name: string, faults: Row['faults'], more: Partial<Omit<Row, 'name' | 'faults'>> = {}): Row => ({
  ...{
    name,
    faults,
    caller: 'waits',
    handles: 'settled',
    whole: true,
    saidTwice: false,
    ends: 'caller-hung-up',
    switches: 1,
  },
  ...more,
});

/** The socket is lost at the phase, and the way back has a fault of its own. */
const lostAnd = (...more: FaultSource[]) => {
  return (phase: Phase): FaultSource[] => [{ fault: 'drop', ...at(phase) }, ...more];
};
const onItself = (fault: string) => {
  return (phase: Phase): FaultSource[] => [
    { ...(faultFields(fault) as object), ...at(phase) } as FaultSource,
  ];
};

/** `close:code=1008` as a mapping, to which the phase is added. */
function faultFields(text: string): Record<string, string> {
  const [fault = '', fields = ''] = text.split(':');
  const pairs = fields
    .split(',')
    .filter(Boolean)
    .map((field) => field.split('='));
  return { fault, ...(Object.fromEntries(pairs) as Record<string, string>) };
}

/** The model is away for so long that the caller speaks into the silence, as anybody would. */
const LONG = { whole: false } as const;

export const ROWS: readonly Row[] = [
  row('goAway, 4 s left, then cut', onItself('go-away:timeLeft=4s')),
  row('goAway, 100 ms left, then cut', onItself('go-away:timeLeft=100ms')),
  row('goAway missed: cut without a word', onItself('go-away:timeLeft=200ms,sent=false')),
  row(
    'goAway, then silence until the cut',
    (phase) => [
      { fault: 'go-away', timeLeft: '3s', ...at(phase) },
      { fault: 'mute', for: '3s', ...at(phase) },
    ],
    { ...LONG, caller: 'asks again', switches: undefined },
  ),
  row('close 1000', onItself('close:code=1000')),
  row('close 1001', onItself('close:code=1001')),
  row('close 1007', onItself('close:code=1007')),
  row('close 1008', onItself('close:code=1008')),
  row('close 1011', onItself('close:code=1011')),
  row(
    'close 1011 twice',
    (phase) => [
      { fault: 'close', code: 1011, ...at(phase) },
      { fault: 'close', code: 1011, on: 'ready', nth: 2 },
    ],
    { switches: 2 },
  ),
  row('drop', lostAnd()),
  row('drop, handles given all the time', lostAnd(), { handles: 'always' }),
  row('drop, handles all the time, handle unknown', lostAnd({ fault: 'unknown-handle' }), {
    handles: 'always',
  }),
  row(
    'close 1008, handles all the time, forgotten',
    (phase) => [{ fault: 'close', code: 1008, ...at(phase) }, 'forget'],
    // A model that has forgotten its call is closed once more by the answer to it.
    { handles: 'always', switches: undefined },
  ),
  row('drop, then a setup that is never answered', lostAnd({ fault: 'never-ready', nth: 2 }), LONG),
  row('drop, then closed in mid-setup', lostAnd({ fault: 'refuse-setup', nth: 2 })),
  row('drop, then HTTP 503', lostAnd({ fault: 'refuse-upgrade', nth: 2 })),
  row('drop, handle refused twice (1011)', lostAnd({ fault: 'refuse-handle', times: 2 })),
  row('drop, handle unknown (1008)', lostAnd({ fault: 'unknown-handle' })),
  row('drop, handle refused (1007)', lostAnd({ fault: 'refuse-handle', code: 1007 })),
  row('drop, context forgotten', lostAnd({ fault: 'forget' })),
  row(
    'drop, key refused from then on',
    lostAnd({ fault: 'refuse-upgrade', status: 401, nth: 2, times: 'always' }),
    {
      whole: false,
      ends: 'model-failed',
    },
  ),
  // The end of a turn may be among what is lost; the watchdog then renews the connection.
  row('mute for 3 s', onItself('mute:for=3s'), { whole: false, caller: 'asks again', switches: undefined }),
  row('empty turn', (phase) => [{ fault: 'empty-turn', on: phase }], {
    ...{ whole: false, caller: 'asks again', switches: 0 },
  }),
  row('short utterance ignored', (phase) => [{ fault: 'ignore-short', under: '10s', on: phase, times: 1 }], {
    ...{ whole: false, caller: 'asks again', switches: 0 },
  }),
  row('tool call sent twice', () => ['duplicate-tool-calls'], { switches: 0 }),
  row('tool call cancelled', onItself('cancel-tools'), { whole: false, switches: 0 }),
  row('stall for 1 s', onItself('stall:for=1s'), { switches: 0 }),
  row('sentence said twice', (phase) => [{ fault: 'double-sentence', on: phase }], {
    ...{ saidTwice: true, switches: 0 },
  }),
  row('several fields in one message', onItself('merged'), { switches: 0 }),
  row('text frames', onItself('text-frames'), { switches: 0 }),
  row('slow reader for 2 s', onItself('slow-reader:for=2s'), { switches: 0 }),
];
