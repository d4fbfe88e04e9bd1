import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError, type ErrorCode } from '../../../src/base/errors.ts';
import { allowTexts, TEXTS_A_CALL } from '../../../src/tools/built-in/text-allowance.ts';
import { listeningTexts } from '../rig.ts';

const TEXT = { from: '+15550100100', to: '+15550100123', body: 'Hello.' };
const signal = new AbortController().signal;

test('three a call, and the fourth is refused without asking the carrier', async () => {
  const texts = listeningTexts();
  const allowed = allowTexts(texts);
  for (let i = 0; i < TEXTS_A_CALL; i++) await allowed.send(TEXT, signal);
  await expect(allowed.send(TEXT, signal)).rejects.toMatchObject({
    code: 'CARRIER_REFUSED',
    why: 'too-many',
  });
  expect(texts.sent).toHaveLength(TEXTS_A_CALL);
});

test('each call has its own', async () => {
  const texts = listeningTexts();
  await allowTexts(texts, 1).send(TEXT, signal);
  await allowTexts(texts, 1).send(TEXT, signal);
  expect(texts.sent).toHaveLength(2);
});

test('sent at once, they count as they are asked for', async () => {
  const texts = listeningTexts();
  const allowed = allowTexts(texts);
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => allowed.send(TEXT, signal)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(TEXTS_A_CALL);
  expect(texts.sent).toHaveLength(TEXTS_A_CALL);
});

test('however the carrier answers, no more are sent or in doubt than allowed, and what was not sent does not count', async () => {
  const answers = fc.array(
    fc.constantFrom<'sent' | ErrorCode | 'thrown'>(
      ...(['sent', 'CARRIER_UNREACHABLE', 'CARRIER_REFUSED', 'TOOL_IN_DOUBT', 'thrown'] as const),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(answers, async (wanted) => {
      const asked: string[] = [];
      const queue = [...wanted];
      const allowed = allowTexts({
        send() {
          const answer = queue.shift()!;
          asked.push(answer);
          if (answer === 'sent') return Promise.resolve({ id: 'SM1' });
          return Promise.reject(answer === 'thrown' ? new Error(answer) : new LivelineError(answer, answer));
        },
      });
      for (let i = wanted.length; i > 0; i--) await allowed.send(TEXT, signal).catch(() => undefined);
      const counts = (answer: string): boolean => !answer.startsWith('CARRIER_');
      expect(asked.filter(counts).length).toBe(Math.min(wanted.filter(counts).length, TEXTS_A_CALL));
    }),
  );
});
