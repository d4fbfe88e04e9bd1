// What a tool of several steps did before it failed, and which effects of a call another one takes back.
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import type { TextSender } from '../../../src/carrier/texts.ts';
import type { Crm } from '../../../src/crm/crm.ts';
import type { Tool, ToolContext } from '../../../src/tools/tool.ts';
import { ADA, listeningTexts, memoryCrm, noTexts } from '../rig.ts';
import { rigOf, settle, tool } from './runner-rig.ts';

const away = (): Promise<never> => Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'away'));

describe('a tool of several steps whose last one fails', () => {
  const text = ({ called, caller, texts, signal }: ToolContext): Promise<unknown> =>
    texts.send({ from: called, to: caller, body: 'code' }, signal);
  const fail = ({ crm, signal }: ToolContext): Promise<unknown> => crm.appointmentsOf(ADA.id, 0, signal);
  const message = { kind: 'message', title: 'm', text: 'm', from: 'm' } as const;

  /** How often it ran, when it was asked for twice. */
  async function timesRun(
    steps: (context: ToolContext) => Promise<unknown>,
    texts: TextSender = listeningTexts(),
    more: Partial<Crm> = {},
  ): Promise<{ times: number; causes: (string | undefined)[] }> {
    let times = 0;
    const confirm = tool(
      'confirm',
      async (_, context) => {
        times += 1;
        await steps(context);
        return { tell: {} };
      },
      { effect: {} },
    );
    const { done, run } = rigOf([confirm], { texts, crm: { ...memoryCrm(), appointmentsOf: away, ...more } });
    for (const id of ['a', 'b']) {
      run('confirm', id);
      await settle();
    }
    return { times, causes: done.map(({ cause }) => cause) };
  }

  test.each<[string, (context: ToolContext) => Promise<unknown>]>([
    ['a text', text],
    ['a change', ({ crm, signal }) => crm.updateContact(ADA.id, { name: 'Ada M' }, signal)],
    ['a message', ({ crm, signal, effectKey }) => crm.createObject(message, effectKey, signal)],
    [
      'an appointment',
      ({ crm, signal, effectKey }) =>
        crm.bookAppointment({ contactId: ADA.id, startsAtMs: 0, minutes: 30, about: 'x' }, effectKey, signal),
    ],
  ])('%s that was written before leaves it in doubt, and it is not begun again', async (_, first) => {
    const { times, causes } = await timesRun(async (context) => {
      await first(context);
      await fail(context);
    });
    expect(times).toBe(1);
    expect(causes[0]).toMatch(/^TOOL_IN_DOUBT: a part of what confirm does .*CRM_UNAVAILABLE: away/);
    expect(causes[1]).toMatch(/^TOOL_IN_DOUBT: /);
  });

  test('so does one that is still under way, and one that nobody can tell of', async () => {
    const hung: TextSender = { send: () => new Promise(() => undefined) };
    expect((await timesRun((context) => Promise.all([text(context), fail(context)]), hung)).times).toBe(1);
    const lost: TextSender = { send: () => Promise.reject(new LivelineError('TOOL_IN_DOUBT', 'lost')) };
    const swallow = (context: ToolContext): Promise<unknown> => text(context).catch(() => fail(context));
    expect((await timesRun(swallow, lost)).times).toBe(1);
  });

  test('where nothing was written, it may be tried again', async () => {
    expect(await timesRun(fail)).toEqual({ times: 2, causes: Array(2).fill('CRM_UNAVAILABLE: away') });
    const refused = (context: ToolContext): Promise<unknown> => text(context).catch(() => fail(context));
    expect((await timesRun(refused, noTexts)).times).toBe(2);
  });

  test('nor does it matter that somebody was entered: the next try finds them', async () => {
    const conflict = (): Promise<never> => Promise.reject(new LivelineError('CRM_CONFLICT', 'taken'));
    const book = async ({ crm, effectKey, signal }: ToolContext): Promise<void> => {
      const { id } = await crm.createContact({ name: 'New', phone: '+15550100199' }, 'new', signal);
      await crm.bookAppointment({ contactId: id, startsAtMs: 0, minutes: 30, about: 'x' }, effectKey, signal);
    };
    const { causes } = await timesRun(book, noTexts, { bookAppointment: conflict });
    expect(causes).toEqual(['CRM_CONFLICT: taken', 'CRM_CONFLICT: taken']);
  });
});

describe('what an effect is about', () => {
  const acting = (name: string, effect: Tool['effect'], about?: (args: object) => unknown) => {
    const acts: unknown[] = [];
    const one = tool(
      name,
      (args) => {
        acts.push(args['p']);
        return Promise.resolve({ tell: {}, ...(about && { about: about(args) as string }) });
      },
      { effect },
    );
    return { one, acts };
  };
  const p = (args: object): string => String('p' in args && args.p);

  async function placed(
    place: ReturnType<typeof acting>,
    cancel: ReturnType<typeof acting>,
  ): Promise<unknown[]> {
    const { run } = rigOf([place.one, cancel.one]);
    const steps = [
      ['place', 'a'],
      ['place', 'b'],
      ['cancel', ' a'],
      ['place', 'b'],
      ['place', 'a'],
    ] as const;
    for (const [n, [name, what]] of steps.entries()) {
      run(name, `${n}`, { p: what });
      await settle();
    }
    return place.acts;
  }

  test('who cancels one thing may have that anew, and the others stay done', async () => {
    const cancel = (): ReturnType<typeof acting> => acting('cancel', { reverses: ['place'], about: p });
    expect(await placed(acting('place', { about: p }), cancel())).toEqual(['a', 'b', 'a']);
    expect(await placed(acting('place', {}, p), cancel())).toEqual(['a', 'b', 'a']);
    const after = acting('cancel', { reverses: ['place'], about: () => 'b' }, p);
    expect(await placed(acting('place', { about: p }), after)).toEqual(['a', 'b', 'a']);
  });

  test.each<[string, () => unknown]>([
    ['says nothing', () => undefined],
    ['throws', () => JSON.parse('no') as unknown],
    ['gives no text', () => 7],
  ])('one that %s is about anything', async (_, about) => {
    const place = acting('place', { about: about as () => undefined });
    const cancel = acting('cancel', { reverses: ['place'], about: p });
    expect(await placed(place, cancel)).toEqual(['a', 'b', 'b', 'a']);
  });

  test('what is in doubt and was cancelled may be done anew, under another key', async () => {
    const keys: string[] = [];
    const book = tool(
      'book',
      (_, { effectKey }) => {
        keys.push(effectKey.slice(-2));
        if (keys.length === 1) return Promise.reject(new LivelineError('CRM_IN_DOUBT', 'lost'));
        return Promise.resolve({ tell: { message: 'Booked.' } });
      },
      { effect: { about: p } },
    );
    const { one: cancel } = acting('cancel', { reverses: ['book'], about: p });
    const { done, run } = rigOf([book, cancel]);
    for (const [n, name] of ['book', 'book', 'cancel', 'book', 'book'].entries()) {
      run(name, `${n}`, { p: 'a' });
      await settle();
    }
    expect(done.map(({ response }) => response['status'])).toEqual(['error', 'error', 'ok', 'ok', 'ok']);
    expect(keys).toEqual(['/0', '/1']);
  });
});
