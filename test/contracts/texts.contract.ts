// The rules that every sender of texts keeps, whatever carrier stands behind it.
import { describe, expect, test } from 'vitest';
import type { TextRefusal } from '../../src/carrier/text-refused.ts';
import type { TextMessage, TextSender } from '../../src/carrier/texts.ts';

/** What the carrier does with the next text. `silent`: takes it and never answers. */
export type Fault =
  Exclude<TextRefusal, 'too-many'> | 'away' | 'busy' | 'failing' | 'silent' | 'garbled' | 'lost';

export interface TextsRig {
  readonly texts: TextSender;
  /** What has reached the carrier, whether or not it said so. */
  readonly sent: () => readonly TextMessage[];
}

const TEXT: TextMessage = {
  from: '+12025550100',
  to: '+12025550143',
  body: 'Harbour Dental, 1 Quay Street & more: 100 %\n+ “äöü” 👩‍👧',
};
const never = (): AbortSignal => new AbortController().signal;

export function textsContract(adapter: string, open: (fault?: Fault) => Promise<TextsRig>): void {
  describe(`${adapter} keeps the rules of a sender of texts`, () => {
    test('[TX1] a text reaches the carrier as it is, and its id comes back', async () => {
      const { texts, sent } = await open();
      expect((await texts.send(TEXT, never())).id).not.toBe('');
      expect(sent()).toEqual([TEXT]);
    });

    test('[TX2] asked twice it sends twice, under two ids', async () => {
      const { texts, sent } = await open();
      const ids = [await texts.send(TEXT, never()), await texts.send(TEXT, never())].map(({ id }) => id);
      expect(new Set(ids).size).toBe(2);
      expect(sent()).toHaveLength(2);
    });

    test.each<Exclude<TextRefusal, 'too-many'>>(['no-texts', 'opted-out', 'country', 'line'])(
      '[TX3] what cannot be sent is refused, with its reason: %s',
      async (why) => {
        const { texts } = await open(why);
        await expect(texts.send(TEXT, never())).rejects.toMatchObject({
          name: 'LivelineError',
          code: 'CARRIER_REFUSED',
          retryable: false,
          why,
        });
      },
    );

    test.each<Fault>(['away', 'busy'])('[TX4] what was not sent can be tried again: %s', async (fault) => {
      const { texts } = await open(fault);
      await expect(texts.send(TEXT, never())).rejects.toMatchObject({
        code: 'CARRIER_UNREACHABLE',
        retryable: true,
      });
    });

    test.each<Fault>(['failing', 'silent', 'garbled', 'lost'])(
      '[TX5] when nobody can say whether it was sent, it is in doubt, and nothing asks again by itself: %s',
      async (fault) => {
        const { texts, sent } = await open(fault);
        await expect(texts.send(TEXT, never())).rejects.toMatchObject({
          code: 'TOOL_IN_DOUBT',
          retryable: false,
        });
        expect(sent()).toHaveLength(1);
      },
    );

    test('[TX6] given up before it is sent, it is not sent', async () => {
      const { texts, sent } = await open();
      await expect(texts.send(TEXT, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
      expect(sent()).toEqual([]);
    });

    test('[TX7] given up while the carrier has it, it is in doubt', async () => {
      const { texts, sent } = await open('silent');
      const aborter = new AbortController();
      const outcome = texts.send(TEXT, aborter.signal);
      const settled = outcome.catch(() => undefined);
      await expect.poll(() => sent().length).toBe(1);
      aborter.abort();
      await settled;
      await expect(outcome).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
    });

    test.each<Fault>(['opted-out', 'away', 'failing'])(
      '[TX8] no error tells the number or the words: %s',
      async (fault) => {
        const { texts } = await open(fault);
        const thrown: unknown = await texts.send(TEXT, never()).catch((error: unknown) => error);
        const told = thrown instanceof Error ? `${thrown.message} ${String(thrown.cause)}` : '';
        expect(told).not.toBe('');
        expect(told).not.toContain(TEXT.to);
        expect(told).not.toContain('Quay Street');
      },
    );
  });
}
