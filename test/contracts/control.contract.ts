// The rules that power over calls keeps, whatever carrier stands behind it.
import { describe, expect, test } from 'vitest';
import { callId, type CallId } from '../../src/base/ids.ts';
import type { CallControl, Placed } from '../../src/carrier/control.ts';
import type { ControlFault, Reached } from '../doubles/fake-control.ts';

export interface ControlRig {
  readonly control: CallControl;
  /** What the carrier has taken, whether or not it said so. */
  readonly reached: () => readonly Reached[];
}

/** `over`: the carrier says of every call that it is. */
export type OpenControl = (fault?: ControlFault | 'over') => Promise<ControlRig>;

const CALL = callId('CA00000000000000000000000000000001');
const PERSON: Placed = {
  to: '+12025550143',
  from: '+12025550100',
  ringS: 20,
  errand: { is: 'transfer', of: CALL, attempt: 2 },
};

type Ask = (control: CallControl) => Promise<unknown>;
const REPEATABLE: readonly [string, Ask][] = [
  ['hang up', (control) => control.hangUp(CALL)],
  ['take back', (control) => control.takeBack(CALL, 3)],
];
const EVERY: readonly [string, Ask][] = [...REPEATABLE, ['place', (control) => control.place(PERSON)]];
const crossed = (asks: readonly [string, Ask][], faults: readonly ControlFault[]) =>
  asks.flatMap(([name, ask]) => faults.map((fault) => [name, fault, ask] as const));

const failure = async (open: OpenControl, fault: ControlFault, ask: Ask) => {
  const { control, reached } = await open(fault);
  const thrown: unknown = await ask(control).then(
    () => 'no error',
    (error: unknown) => error,
  );
  return { thrown, reached };
};

export function controlContract(adapter: string, open: OpenControl): void {
  describe(`${adapter} keeps the rules of power over calls`, () => {
    test('[CC1] a call is hung up', async () => {
      const { control, reached } = await open();
      await control.hangUp(CALL);
      expect(reached()).toEqual([{ do: 'hang-up', id: CALL }]);
    });

    test('[CC2] a call is taken back as after the verb of this step, and asked twice, twice', async () => {
      const { control, reached } = await open();
      expect(await control.takeBack(CALL, 0)).toBe('asked');
      expect(await control.takeBack(CALL, 7)).toBe('asked');
      expect(reached()).toEqual([0, 7].map((step) => ({ do: 'take-back', id: CALL, step })));
    });

    test('[CC3] a call that is over is done with, and cannot be taken back', async () => {
      const { control } = await open('over');
      await expect(control.hangUp(CALL)).resolves.toBeUndefined();
      expect(await control.takeBack(CALL, 1)).toBe('over');
    });

    test.each<[string, Placed]>([
      ['by number', PERSON],
      ['by SIP', { ...PERSON, to: 'sip:billing@example.com;transport=tls?x=1&y=2' }],
      ['for a queue', { ...PERSON, errand: { is: 'queue', of: 'front desk: 1 & 2 +', attempt: 0 } }],
      ['for a callback', { ...PERSON, errand: { is: 'callback', of: '9f:üß', attempt: 1 } }],
    ])('[CC4] a person is called %s, twice under two ids', async (_, call) => {
      const { control, reached } = await open();
      const ids: CallId[] = [await control.place(call), await control.place(call)];
      expect(new Set(ids).size).toBe(2);
      expect(reached()).toEqual(ids.map((id) => ({ do: 'place', call, id })));
    });

    test.each(crossed(EVERY, ['away', 'busy']))(
      '[CC5] what was not done can be tried again: %s, %s',
      async (_, fault, ask) => {
        const { thrown, reached } = await failure(open, fault, ask);
        expect(thrown).toMatchObject({ code: 'CARRIER_UNREACHABLE', retryable: true });
        expect(reached()).toEqual([]);
      },
    );

    test.each(crossed(EVERY, ['refused']))('[CC6] what is refused stays so: %s', async (_, fault, ask) => {
      const { thrown } = await failure(open, fault, ask);
      expect(thrown).toMatchObject({ name: 'LivelineError', code: 'CARRIER_REFUSED', retryable: false });
    });

    test.each(crossed(REPEATABLE, ['failing', 'silent', 'garbled', 'lost']))(
      '[CC7] what does no harm twice can be tried again when nobody knows: %s, %s',
      async (_, fault, ask) => {
        const { thrown } = await failure(open, fault, ask);
        expect(thrown).toMatchObject({ code: 'CARRIER_UNREACHABLE', retryable: true });
      },
    );

    test.each<ControlFault>(['failing', 'silent', 'garbled', 'lost'])(
      '[CC8] when nobody knows whether a person was called, it is in doubt, and nothing asks again: %s',
      async (fault) => {
        const { thrown, reached } = await failure(open, fault, (control) => control.place(PERSON));
        expect(thrown).toMatchObject({ code: 'CARRIER_IN_DOUBT', retryable: false });
        expect(reached()).toHaveLength(1);
      },
    );

    test.each<ControlFault>(['refused', 'away', 'lost'])(
      '[CC9] no error tells a number: %s',
      async (fault) => {
        const { thrown } = await failure(open, fault, (control) => control.place(PERSON));
        const told = thrown instanceof Error ? thrown.message : '';
        expect(told).not.toBe('');
        for (const number of [PERSON.to, PERSON.from]) expect(told).not.toContain(number);
      },
    );
  });
}
