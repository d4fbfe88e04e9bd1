// The rules that dialling keeps, whatever carrier stands behind it.
import { describe, expect, test } from 'vitest';
import { callId, type CallId } from '../../src/base/ids.ts';
import { CallRefused } from '../../src/carrier/call-refused.ts';
import type { Dialling, OutboundCall } from '../../src/carrier/control.ts';

/**
 * `away`: nobody there · `busy`: takes no more · `refused`: the number is none · `failing`, `dropped`, `mute`: not done, and it
 * does not say so · `lost`, `late`: done, and it does not say so.
 */
export type DialFault = 'away' | 'busy' | 'refused' | 'failing' | 'dropped' | 'mute' | 'lost' | 'late';

export interface DiallingRig {
  readonly dialling: Dialling;
  /** Every call that the carrier has taken, oldest first. */
  readonly taken: () => readonly Pick<OutboundCall, 'to' | 'from' | 'attempt'>[];
  /** Resolves once the call is there, as this status. */
  readonly is: (id: CallId, status: 'ringing' | 'in-progress' | 'over') => Promise<void>;
}

/** `fault`: of the next calls that are dialled. */
export type OpenDialling = (fault?: DialFault) => Promise<DiallingRig>;

/** Whom the carrier of the test can reach, and which numbers it has. */
export const PEOPLE = { patient: '+12025550143', prompt: '+12025550144', engaged: '+12025550145' } as const;
export const NUMBERS = { own: ['+12025550100', '+12025550101'], verified: ['+12025550102', '+12025550100'] };

const CALL: OutboundCall = {
  to: PEOPLE.patient,
  from: NUMBERS.own[0]!,
  ringS: 30,
  attempt: 'a-1',
  detectsMachines: 'off',
};
const unhurried = (): AbortSignal => new AbortController().signal;

const failure = async (open: OpenDialling, fault: DialFault) => {
  const rig = await open(fault);
  const thrown: unknown = await rig.dialling.dial(CALL).then(
    () => 'no error',
    (error: unknown) => error,
  );
  return { ...rig, thrown };
};

export function diallingContract(carrier: string, open: OpenDialling): void {
  describe(`${carrier} keeps the rules of dialling`, () => {
    test('[DL1] a call is dialled under the attempt it is for, and twice under two ids', async () => {
      const { dialling, taken } = await open();
      const ids = [await dialling.dial(CALL), await dialling.dial({ ...CALL, attempt: 'ü b&2' })];
      expect(new Set(ids).size).toBe(2);
      const { to, from } = CALL;
      expect(taken()).toEqual(['a-1', 'ü b&2'].map((attempt) => ({ to, from, attempt })));
    });

    test.each([
      ['away', 'CARRIER_UNREACHABLE'],
      ['busy', 'CARRIER_BUSY'],
    ] as const)('[DL2] what was surely not done can be tried again: %s', async (fault, code) => {
      const { thrown, taken } = await failure(open, fault);
      expect(thrown).toMatchObject({ name: 'LivelineError', code, retryable: true });
      expect(taken()).toEqual([]);
    });

    test('[DL3] what is refused says why, with the carrier’s own code', async () => {
      const { thrown, taken } = await failure(open, 'refused');
      expect(thrown).toBeInstanceOf(CallRefused);
      expect(thrown).toMatchObject({ code: 'CARRIER_REFUSED', why: 'number', retryable: false });
      expect(thrown instanceof CallRefused && thrown.carrierCode).toEqual(expect.any(Number));
      expect(taken()).toEqual([]);
    });

    test.each([
      ['failing', 0],
      ['dropped', 0],
      ['mute', 0],
      ['lost', 1],
      ['late', 1],
    ] as const)(
      '[DL4] where nobody knows, the calls to the number tell: %s, %i taken',
      async (fault, count) => {
        const sinceMs = Date.now();
        const { thrown, dialling, taken } = await failure(open, fault);
        expect(thrown).toMatchObject({ code: 'CARRIER_IN_DOUBT', retryable: false });
        expect(taken()).toHaveLength(count);
        const { to, from } = CALL;
        expect(await dialling.callsTo(to, from, sinceMs, unhurried())).toHaveLength(count);
      },
    );

    test('[DL5] a call that rings is canceled', async () => {
      const { dialling, is } = await open();
      const id = await dialling.dial(CALL);
      await is(id, 'ringing');
      expect(await dialling.cancel(id)).toBe('canceled');
      await is(id, 'over');
      expect(await dialling.look(id)).toMatchObject({ id, status: 'canceled' });
    });

    test('[DL6] it is too late for one that was answered, which goes on; that is over; that nobody knows', async () => {
      const { dialling, is } = await open();
      const [answered, over] = [
        await dialling.dial({ ...CALL, to: PEOPLE.prompt }),
        await dialling.dial({ ...CALL, to: PEOPLE.engaged }),
      ];
      await Promise.all([is(answered, 'in-progress'), is(over, 'over')]);
      for (const id of [answered, over, UNKNOWN]) expect(await dialling.cancel(id)).toBe('too-late');
      expect(await dialling.look(answered)).toMatchObject({ status: 'in-progress' });
      expect(await dialling.look(over)).toMatchObject({ status: 'busy' });
      expect(await dialling.look(UNKNOWN)).toBeUndefined();
    });

    test('[DL7] calls are found by both numbers, also those that are over, and none from before', async () => {
      const { dialling, is } = await open();
      const sinceMs = Date.now();
      const { to, from } = CALL;
      const first = await dialling.dial(CALL);
      await dialling.cancel(first);
      await is(first, 'over');
      const second = await dialling.dial(CALL);
      await dialling.dial({ ...CALL, to: PEOPLE.engaged });
      await dialling.dial({ ...CALL, from: NUMBERS.own[1]! });
      const found = await dialling.callsTo(to, from, sinceMs, unhurried());
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set([first, second]));
      for (const { startedAtMs } of found) expect(startedAtMs).toBeGreaterThanOrEqual(sinceMs - 1_000);
      expect(await dialling.callsTo(to, from, Date.now() + 5_000, unhurried())).toEqual([]);
    });

    test('[DL8] the numbers that may be shown, each once', async () => {
      const { dialling } = await open();
      expect(await dialling.ownNumbers(unhurried())).toEqual([
        ...new Set([...NUMBERS.own, ...NUMBERS.verified]),
      ]);
    });

    test('[DL9] a list that nobody waits for any more is given up', async () => {
      const { dialling } = await open();
      const reason = new Error('over');
      const given = AbortSignal.abort(reason);
      await expect(dialling.ownNumbers(given)).rejects.toBe(reason);
      await expect(dialling.callsTo(CALL.to, CALL.from, 0, given)).rejects.toBe(reason);
    });

    test.each<DialFault>(['refused', 'away', 'busy', 'lost'])(
      '[DL10] no error tells a number: %s',
      async (fault) => {
        const { thrown } = await failure(open, fault);
        const told = thrown instanceof Error ? thrown.message : '';
        expect(told).toContain('a-1');
        for (const number of [CALL.to, CALL.from]) expect(told).not.toContain(number);
      },
    );
  });
}

const UNKNOWN = callId(`CA${'0'.repeat(32)}`);
