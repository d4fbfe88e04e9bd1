// One connection after another, on a clock that the test moves: when each is dialled, given up, renewed or left alone.
import { describe, expect, test } from 'vitest';
import type { Ending } from '../../../src/live/gemini/close-policy.ts';
import type { ConnectionListener } from '../../../src/live/gemini/connection.ts';
import { Link, type Dial } from '../../../src/live/gemini/link.ts';
import type { ServerMessage } from '../../../src/live/gemini/messages.ts';
import type { Moment } from '../../../src/live/gemini/renewal.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { recordingLog } from './recording-log.ts';

const READY: ServerMessage = { setupComplete: {} };
const closed = (code: number): Ending => ({ is: 'closed', code, reason: '' });
const timedOut = (waitedFor: 'the upgrade' | 'setupComplete'): Ending => ({
  is: 'timed-out',
  waitedFor,
  afterMs: 5_000,
});
const REFUSED: Ending = { is: 'refused', status: 401, words: '' };

interface Socket extends Dial {
  readonly atMs: number;
  readonly to: ConnectionListener;
  readonly sent: string[];
  /** Set when we close it: the peer's side of the close. */
  gone?: () => void;
}

function linked({ ways = 1 } = {}) {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const sockets: Socket[] = [];
  const told: string[] = [];
  const errors: string[] = [];
  const hooks = { moment: 'busy' as Moment, onTold: (_what: string): void => undefined };
  const tell = (what: string): void => {
    told.push(what);
    hooks.onTold(what);
  };
  const link = new Link(
    {
      dial: (how, to) => {
        const socket: Socket = { ...how, atMs: clock.nowMs(), to, sent: [] };
        sockets.push(socket);
        return {
          send: (json) => void socket.sent.push(json),
          close: (then) => (socket.gone = then ?? (() => undefined)),
        };
      },
      ways: Array.from({ length: ways }, (_, at) => `way ${at}`),
      ...{ clock, log, setupTimeoutMs: 10_000, random: () => 0.5 },
    },
    {
      onReady: (resumed, setupMs) => tell(`ready ${resumed ? 'resumed' : 'new'} ${setupMs}`),
      onMessage: (message) => tell(`message ${Object.keys(message).join(' ')}`),
      onLost: (planned) => tell(planned ? 'renewing' : 'lost'),
      onFailed: ({ code, message }) => {
        errors.push(message);
        tell(`failed ${code}`);
      },
      moment: () => hooks.moment,
    },
  );
  const last = (): Socket => sockets.at(-1)!;
  return {
    ...{ link, clock, sockets, told, errors, hooks, lines, last },
    receive: (message: ServerMessage) => last().to.onMessage(message),
    end: (ending: Ending) => last().to.onEnded(ending),
    /** Answers the newest dial, and gives it a handle. */
    open(handle?: string): void {
      last().to.onMessage(READY);
      if (handle !== undefined) link.keep(handle);
      told.length = 0;
    },
    /** Every dial ends so, after so long, until nobody dials any more. The times of the dials. */
    endless(ending: Ending, afterMs = 0): number[] {
      for (let count = 0; count < 100; count += 1) {
        clock.advance(afterMs);
        const dials = sockets.length;
        last().to.onEnded(ending);
        for (let waitedMs = 0; sockets.length === dials && waitedMs < 3_000; waitedMs += 50)
          clock.advance(50);
        if (sockets.length === dials) return sockets.map(({ atMs }) => atMs);
      }
      throw new Error('endless');
    },
  };
}

describe('the first connection', () => {
  test('is dialled at once, new, with the time that the caller’s ringing phone gives', () => {
    const { sockets, receive, told } = linked();
    expect(sockets).toMatchObject([{ way: 0, handle: undefined, setupTimeoutMs: 10_000, atMs: 0 }]);
    receive({ serverContent: {} });
    expect(told).toEqual([]);
    receive({ ...READY, serverContent: {} });
    expect(told).toEqual(['ready new 0', 'message setupComplete serverContent']);
    receive(READY);
    expect(told.slice(2)).toEqual(['message setupComplete']);
  });

  test('fails without anybody hearing of a loss, and is tried again', () => {
    const { end, clock, receive, told, sockets } = linked();
    end(closed(1011));
    clock.advance(0);
    expect(sockets).toHaveLength(2);
    clock.advance(700);
    receive(READY);
    expect(told).toEqual(['ready new 700', 'message setupComplete']);
  });

  test.each<[string, Ending, number]>([
    ['nobody there', { is: 'unreachable', cause: 'x' }, 0],
    ['a server in trouble', { is: 'refused', status: 503, words: '' }, 100],
    ['a setup that ends in 1011', closed(1011), 900],
  ])('%s: given up within 15 s, with the reason', (_what, ending, afterMs) => {
    const rig = linked();
    const dials = rig.endless(ending, afterMs);
    expect(dials.at(-1)).toBeLessThanOrEqual(15_000);
    expect(dials.length).toBeGreaterThan(5);
    expect(rig.told).toEqual([expect.stringMatching(/^failed LIVE_/)]);
    expect(rig.clock.pending).toBe(0);
  });

  test('15 s are gone: no other dial here', () => {
    const rig = linked();
    rig.clock.advance(15_001);
    rig.end(timedOut('the upgrade'));
    expect(rig.told).toEqual(['failed LIVE_CONNECT_TIMEOUT']);
    const inTime = linked();
    inTime.clock.advance(15_000);
    inTime.end(timedOut('the upgrade'));
    expect(inTime.told).toEqual([]);
  });

  test('the other way is tried before giving up, also when the first took all the time there is', () => {
    const rig = linked({ ways: 2 });
    rig.clock.advance(10_000);
    rig.end(timedOut('the upgrade'));
    rig.clock.advance(0);
    expect(rig.sockets.map(({ way, atMs }) => [way, atMs])).toEqual([
      [0, 0],
      [1, 10_000],
    ]);
    rig.clock.advance(10_000);
    rig.end(timedOut('the upgrade'));
    expect(rig.told).toEqual(['failed LIVE_CONNECT_TIMEOUT']);
  });

  test('a key that is refused: the other way at once, then the end', () => {
    const rig = linked({ ways: 2 });
    expect(rig.endless(REFUSED)).toEqual([0, 0]);
    expect(rig.told).toEqual(['failed LIVE_REFUSED']);
  });
});

describe('a connection that is lost', () => {
  test('is told, and dialled again at once by the newest handle, in 5 s', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.keep('h-2');
    rig.end(closed(1006));
    expect(rig.told).toEqual(['lost']);
    rig.link.send('into the void');
    rig.clock.advance(0);
    expect(rig.last()).toMatchObject({ handle: 'h-2', way: 0, setupTimeoutMs: 5_000 });
    rig.link.send('too early');
    rig.receive(READY);
    rig.link.send('there');
    expect(rig.told).toEqual(['lost', 'ready resumed 0', 'message setupComplete']);
    expect(rig.sockets.map(({ sent }) => sent)).toEqual([[], ['there']]);
  });

  test('is told once, however often the next dials fail', () => {
    const rig = linked();
    rig.open('h-1');
    rig.clock.advance(60_000);
    rig.endless(closed(1006), 10);
    expect(rig.told).toEqual(['lost', 'failed LIVE_CLOSED']);
    expect(rig.sockets.slice(1).map(({ handle }) => handle)).toEqual([
      ...['h-1', 'h-1', 'h-1'],
      ...Array<undefined>(7).fill(undefined),
    ]);
    expect(rig.errors[0]).toContain('1006');
    expect(rig.clock.pending).toBe(0);
  });

  test('is given up after 30 s of dials that are not answered', () => {
    const rig = linked();
    rig.open('h-1');
    rig.clock.advance(60_000);
    const dials = rig.endless(timedOut('setupComplete'), 5_000);
    expect(dials.at(-1)! - 65_000).toBeLessThanOrEqual(30_000);
    expect(rig.told.at(-1)).toBe('failed LIVE_CONNECT_TIMEOUT');
    // A setup that is never answered: perhaps it is the handle.
    expect(rig.sockets.slice(1).map(({ handle }) => handle)).toEqual([
      'h-1',
      ...Array<undefined>(rig.sockets.length - 2).fill(undefined),
    ]);
  });

  test('the other way is tried when this one fails, without the handle, and never come back from', () => {
    const rig = linked({ ways: 2 });
    rig.open('h-1');
    rig.clock.advance(60_000);
    rig.endless(closed(1011), 10);
    expect(rig.sockets.map(({ way }) => way)).toEqual([0, 0, 0, 0, ...Array<number>(11).fill(1)]);
    expect(rig.sockets[4]).toMatchObject({ handle: undefined });
    expect(rig.link.way).toBe(1);
  });

  test('that was well for 10 s is a new start for the count of tries; for less it is not', () => {
    const rig = linked();
    rig.open();
    for (const healthyMs of [9_999, 9_999, 10_000, 10_000]) {
      rig.clock.advance(healthyMs);
      rig.end(closed(1011));
      const lostMs = rig.clock.nowMs();
      while (rig.last().atMs < lostMs) rig.clock.advance(50);
      rig.open();
    }
    const waits = rig.lines.flatMap(({ afterMs }) => (afterMs === undefined ? [] : [afterMs]));
    expect(waits).toEqual([0, 250, 0, 0]);
  });

  test('twice is told twice', () => {
    const rig = linked();
    rig.open();
    rig.end(closed(1011));
    rig.end(closed(1011));
    rig.clock.advance(0);
    rig.receive(READY);
    rig.end(closed(1011));
    expect(rig.told).toEqual(['lost', 'ready new 0', 'message setupComplete', 'lost']);
  });

  test('a dial that ends in the same tick is tried again', () => {
    const rig = linked();
    rig.open();
    rig.end(closed(1011));
    rig.clock.advance(0);
    rig.end({ is: 'unreachable', cause: 'x' });
    rig.clock.advance(249);
    expect(rig.sockets).toHaveLength(2);
    rig.clock.advance(1);
    expect(rig.sockets).toHaveLength(3);
  });
});

describe('a planned renewal', () => {
  test('breaks before it makes: the next is dialled once the old socket is gone', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(200);
    expect(rig.told).toEqual(['renewing']);
    rig.clock.advance(1_500);
    expect(rig.sockets).toHaveLength(1);
    rig.last().gone?.();
    expect(rig.last()).toMatchObject({ handle: 'h-1', atMs: 1_500, setupTimeoutMs: 5_000 });
    rig.receive(READY);
    expect(rig.told).toEqual(['renewing', 'ready resumed 0', 'message setupComplete']);
    expect(rig.sockets[0]?.gone).toBeDefined();
  });

  test.each([
    ['0.2 s', 200, 0],
    ['50 s', 50_000, 49_000],
    ['no word of when', undefined, 9_000],
  ])('goAway with %s left, and never a quiet moment', (_what, leftMs, afterMs) => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(leftMs);
    if (afterMs > 0) {
      rig.clock.advance(afterMs - 1);
      expect(rig.told).toEqual([]);
      rig.clock.advance(1);
    }
    expect(rig.told).toEqual(['renewing']);
  });

  test('at once when all is settled; in the last third of the time when it is quiet', () => {
    const settled = linked();
    settled.open('h-1');
    settled.hooks.moment = 'settled';
    settled.link.goAway(50_000);
    expect(settled.told).toEqual(['renewing']);

    const quiet = linked();
    quiet.open('h-1');
    quiet.hooks.moment = 'quiet';
    quiet.link.goAway(31_000);
    quiet.clock.advance(19_900);
    expect(quiet.told).toEqual([]);
    quiet.clock.advance(100);
    expect(quiet.told).toEqual(['renewing']);
  });

  test('comes when the moment does: with a message, or without one', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(50_000);
    rig.hooks.onTold = (what) => {
      if (what === 'message serverContent') rig.hooks.moment = 'settled';
    };
    rig.receive({ serverContent: {} });
    expect(rig.told).toEqual(['message serverContent', 'renewing']);

    const mute = linked();
    mute.open('h-1');
    mute.link.goAway(50_000);
    mute.clock.advance(3_000);
    mute.hooks.moment = 'settled';
    mute.clock.advance(100);
    expect(mute.told).toEqual(['renewing']);
  });

  test('is not put off by a later goAway, nor by the age', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(10_000);
    rig.link.goAway(60_000);
    rig.clock.advance(8_900);
    expect(rig.told).toEqual([]);
    rig.clock.advance(100);
    expect(rig.told).toEqual(['renewing']);
  });

  test('comes by age, at nine minutes, and half a minute later at the latest; for each connection anew', () => {
    const rig = linked();
    rig.open('h-1');
    for (const round of [1, 2]) {
      rig.clock.advance(569_999);
      expect([round, rig.told]).toEqual([round, []]);
      rig.clock.advance(1);
      expect([round, rig.told]).toEqual([round, ['renewing']]);
      rig.last().gone?.();
      rig.open('h-2');
    }
    rig.hooks.moment = 'settled';
    rig.clock.advance(540_000);
    expect(rig.told).toEqual(['renewing']);
  });

  test('cut by the server after its goAway: a loss like any other, and no second renewal', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(10_000);
    rig.clock.advance(500);
    rig.end(closed(1011));
    rig.clock.advance(0);
    rig.open('h-2');
    rig.clock.advance(60_000);
    expect(rig.told).toEqual([]);
    expect(rig.sockets).toHaveLength(2);
  });

  test('whose handle is refused waits before the next dial: the server may still believe in the old socket', () => {
    const rig = linked();
    rig.open('h-1');
    rig.clock.advance(60_000);
    rig.link.goAway(200);
    rig.last().gone?.();
    rig.end(closed(1011));
    rig.clock.advance(249);
    expect(rig.sockets).toHaveLength(2);
    rig.clock.advance(1);
    expect(rig.last()).toMatchObject({ handle: 'h-1', atMs: 60_250 });
  });

  test('that fails is tried again, with as many dials as a connection that was lost', () => {
    const rig = linked({ ways: 2 });
    rig.open('h-1');
    for (const afterMs of [0, 250]) {
      rig.end(closed(1011));
      rig.clock.advance(afterMs);
      rig.open('h-1');
    }
    rig.clock.advance(10_000);
    rig.link.goAway(200);
    rig.last().gone?.();
    for (const afterMs of [250, 500, 0]) {
      rig.end(closed(1011));
      rig.clock.advance(afterMs);
    }
    expect(rig.sockets.slice(3).map(({ way, handle }) => [way, handle])).toEqual([
      [0, 'h-1'],
      [0, 'h-1'],
      [0, 'h-1'],
      [1, undefined],
    ]);
  });

  test('is given 30 s from the moment of the break', () => {
    const rig = linked();
    rig.open('h-1');
    rig.clock.advance(60_000);
    rig.link.goAway(200);
    rig.clock.advance(2_000);
    rig.last().gone?.();
    const dials = rig.endless(timedOut('the upgrade'), 5_000);
    expect(dials.at(-1)! - 60_000).toBeLessThanOrEqual(30_000);
    expect(dials.at(-1)! - 60_000).toBeGreaterThan(20_000);
    expect(rig.told).toEqual(['renewing', 'failed LIVE_CONNECT_TIMEOUT']);
  });

  test('without a handle starts a new session', () => {
    const rig = linked();
    rig.open();
    rig.link.goAway(0);
    rig.last().gone?.();
    rig.receive(READY);
    expect(rig.told).toEqual(['renewing', 'ready new 0', 'message setupComplete']);
  });
});

describe('the log', () => {
  const noted = (rig: ReturnType<typeof linked>) =>
    rig.lines.map(({ level, doing, through, next, resume }) => ({ level, doing, through, next, resume }));

  test('says through which way, to which way, and with a handle only where there is one', () => {
    const rig = linked({ ways: 2 });
    rig.end(closed(1011));
    rig.clock.advance(0);
    rig.open('h-1');
    rig.end(closed(1011));
    rig.clock.advance(250);
    rig.end(REFUSED);
    rig.clock.advance(0);
    rig.end(REFUSED);
    expect(noted(rig)).toEqual([
      { level: 'warn', doing: 'starting', through: 'way 0', next: 'way 0', resume: false },
      { level: 'warn', doing: 'talking', through: 'way 0', next: 'way 0', resume: true },
      { level: 'warn', doing: 'resuming', through: 'way 0', next: 'way 1', resume: false },
      { level: 'warn', doing: 'starting', through: 'way 1', next: undefined, resume: undefined },
    ]);
  });

  test('of a talk without a handle: not resumed', () => {
    const rig = linked();
    rig.open();
    rig.end(closed(1011));
    expect(noted(rig)).toMatchObject([{ doing: 'talking', resume: false }]);
  });

  test('of a handle that is refused: of the handle, not of the settings', () => {
    const rig = linked();
    rig.open('h-1');
    rig.end(closed(1008));
    rig.clock.advance(0);
    rig.end(closed(1008));
    const reasons = rig.lines.map(({ reason }) => String(reason));
    expect(reasons.map((reason) => reason.includes('handle'))).toEqual([false, true]);
    expect(reasons.join()).not.toContain('GEMINI_MODEL');
  });

  test('of a renewal: through which way', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(0);
    expect(noted(rig)).toMatchObject([{ level: 'info', through: 'way 0' }]);
  });
});

describe('what is old', () => {
  test('says nothing more once the next is there or on its way', () => {
    const rig = linked();
    rig.open('h-1');
    rig.link.goAway(0);
    const [old] = rig.sockets;
    old?.to.onMessage({ serverContent: {} });
    old?.to.onEnded(closed(1000));
    old?.gone?.();
    old?.to.onMessage(READY);
    old?.to.onEnded(closed(1011));
    expect(rig.told).toEqual(['renewing']);
    rig.receive(READY);
    old?.to.onMessage({ serverContent: {} });
    old?.to.onEnded(closed(1011));
    expect(rig.told).toEqual(['renewing', 'ready resumed 0', 'message setupComplete']);
    expect(rig.sockets).toHaveLength(2);
  });
});

describe('close', () => {
  const states: [string, (rig: ReturnType<typeof linked>) => void, closes: number][] = [
    ['dialling', () => undefined, 1],
    ['open', (rig) => rig.open('h'), 1],
    [
      'waiting to dial',
      (rig) => {
        rig.open('h');
        rig.end(closed(1011));
      },
      0,
    ],
    [
      'waiting for the old socket',
      (rig) => {
        rig.open('h');
        rig.link.goAway(0);
      },
      1,
    ],
    [
      'a planned renewal still ahead',
      (rig) => {
        rig.open('h');
        rig.link.goAway(50_000);
      },
      1,
    ],
    ['over', (rig) => rig.end(REFUSED), 0],
  ];

  test.each(states)('while %s: silent, and nobody is dialled', (_what, enter, closes) => {
    const rig = linked();
    enter(rig);
    rig.told.length = 0;
    const dials = rig.sockets.length;
    rig.link.close();
    rig.link.close();
    expect(rig.sockets.filter(({ gone }) => gone)).toHaveLength(closes);
    for (const { to, gone } of rig.sockets) {
      gone?.();
      to.onMessage(READY);
      to.onEnded(closed(1011));
    }
    rig.link.send('x');
    rig.link.goAway(0);
    rig.link.keep('h');
    rig.clock.advance(600_000);
    expect([rig.told, rig.sockets.length, rig.clock.pending]).toEqual([[], dials, 0]);
  });

  test.each(['ready new 0', 'message setupComplete', 'lost', 'renewing'])(
    'inside `%s`: nobody is dialled',
    (at) => {
      const rig = linked();
      rig.hooks.onTold = (what) => {
        if (what === at) rig.link.close();
      };
      rig.receive(READY);
      if (at === 'lost') rig.end(closed(1011));
      if (at === 'renewing') rig.link.goAway(0);
      rig.sockets[0]?.gone?.();
      rig.clock.advance(600_000);
      expect([rig.told.at(-1), rig.sockets.length, rig.clock.pending]).toEqual([at, 1, 0]);
    },
  );
});

describe('endings in every state', () => {
  const endings: Ending[] = [
    ...[1000, 1005, 1006, 1007, 1008, 1011, 4000].map(closed),
    ...[401, 429, 503].map((status): Ending => ({ is: 'refused', status, words: '' })),
    ...[timedOut('the upgrade'), timedOut('setupComplete')],
    { is: 'unauthorised', cause: 'x' },
    { is: 'unreachable', cause: 'x' },
    { is: 'broken', cause: 'x' },
    { is: 'dead', afterMs: 90_000 },
  ];

  test.each(endings)('%j: either dialled again within 3 s, or failed once; never neither', (ending) => {
    for (const state of ['starting', 'resuming', 'talking'] as const)
      for (const ways of [1, 2]) {
        const rig = linked({ ways });
        if (state !== 'starting') rig.open('h-1');
        if (state === 'resuming') {
          rig.end(closed(1006));
          rig.clock.advance(0);
        }
        const dials = rig.sockets.length;
        rig.end(ending);
        rig.clock.advance(3_000);
        const failed = rig.told.filter((what) => what.startsWith('failed')).length;
        expect([state, ways, rig.sockets.length - dials + failed]).toEqual([state, ways, 1]);
        if (ways === 2) expect(failed).toBe(0);
      }
  });
});
