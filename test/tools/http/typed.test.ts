// Tools over HTTP for which the caller types: the request has the digits, the model how many there were.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { httpTool } from '../../../src/tools/http/http-tools.ts';
import { readHttpTools } from '../../../src/tools/http/http-tools-file.ts';
import type { SecretAnswer, SecretWish } from '../../../src/tools/secrets.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { contextOf, tell } from '../rig.ts';

const FILE = 'fixtures/agents/tools/pay-by-card.yaml';
const [spec] = readHttpTools(FILE, readFileSync(FILE, 'utf8'));
const secrets = new Map([['payments_api', 'hush']]);
const CARD = '4242424242424242';
const ARGS = { bill_number: 'B-7', amount_cents: 1_250 };

async function serve(status = 200): Promise<{ url: string; asked: { body: unknown; key: unknown }[] }> {
  const asked: { body: unknown; key: unknown }[] = [];
  const service = createServer((request, response) => {
    void textOf(request).then((body) => {
      asked.push({ body: JSON.parse(body), key: request.headers['idempotency-key'] });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ payment: { reference: 'R-1' } }));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    service.close();
    service.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}/pay`, asked };
}

function till(url: string, ...answers: SecretAnswer[]) {
  const wishes: SecretWish[] = [];
  const tool = httpTool(
    { ...spec!, allow_private: true, request: { ...spec!.request, url } },
    { secrets, clock: new ManualClock() },
  );
  const context = contextOf({
    secrets: {
      ask: (wish) => {
        wishes.push(wish);
        return Promise.resolve(answers.shift() ?? { none: 'busy', times: 0 });
      },
    },
  });
  return { tool, wishes, context };
}

test('the request has what was typed, and the model is told how much it was', async () => {
  const { url, asked } = await serve();
  const { tool, wishes, context } = till(url, { digits: CARD }, { digits: '1228' });
  expect(await tell(tool, ARGS, context)).toEqual({
    message: 'The payment was taken. Its reference is R-1.',
    reference: 'R-1',
    typed_card: '16 digits received, ending in 4242',
    typed_expiry: '4 digits received',
  });
  expect(wishes).toEqual([
    { kind: 'card', least: undefined, most: undefined, field: 'pay_by_card.card' },
    { kind: 'digits', least: 4, most: 4, field: 'pay_by_card.expiry' },
  ]);
  expect(asked).toEqual([
    {
      key: context.effectKey,
      body: { bill: 'B-7', cents: 1_250, card: { number: CARD, expires: '1228' } },
    },
  ]);
});

test.each<[SecretAnswer, RegExp]>([
  [{ none: 'not-valid', times: 1 }, /not valid for the card number\. Nothing was done.*type it again/],
  [{ none: 'not-valid', times: 2 }, /not valid.*Do not ask for it again/],
  [{ none: 'timed-out', times: 1 }, /did not type the card number in time.*type it again/],
  [{ none: 'cancelled', times: 1 }, /did not type.*Nothing was done/],
  [{ none: 'busy', times: 0 }, /typing something else/],
  [{ none: 'hung-up', times: 1 }, /no longer here/],
  [{ none: 'elsewhere', times: 1 }, /no longer here/],
])('nothing is sent when nothing came: %o', async (answer, words) => {
  const { url, asked } = await serve();
  const { tool, context, wishes } = till(url, answer);
  expect(await tell(tool, ARGS, context)).toMatchObject({
    ...{ status: 'error', retryable: true },
    message: expect.stringMatching(words) as string,
  });
  expect(wishes).toHaveLength(1);
  expect(asked).toEqual([]);
});

test('a date of birth is asked for in the order of the language', async () => {
  const file = `- name: look
  description: Looks.
  secrets: { born: { ask: birth_date } }
  request: { url: 'https://api.example.com/{{keypad.born}}' }
  tell: { message: Done. }
`;
  const tool = httpTool(readHttpTools('a.yaml', file)[0]!, { secrets: new Map(), clock: new ManualClock() });
  expect(tool.declaration.description).toMatch(
    /^Looks\. For it the caller types.*date of birth, as eight digits/,
  );
  const words = async (language: string): Promise<unknown> =>
    (
      await tell(
        tool,
        {},
        contextOf({
          office: { timeZone: 'UTC', language },
          secrets: { ask: () => Promise.resolve({ none: 'not-valid', times: 1 }) },
        }),
      )
    )['message'];
  expect(await words('en-US')).toMatch(/two digits for the month, two for the day/);
  expect(await words('en-GB')).toMatch(/two digits for the day, two for the month/);
  expect(await words('de-DE')).toMatch(/two digits for the day/);
});

test('without a keypad nothing is done', async () => {
  const { url, asked } = await serve();
  expect(await tell(till(url).tool, ARGS, contextOf())).toMatchObject({ status: 'error' });
  expect(asked).toEqual([]);
});

const LEAST = `- name: look
  description: Looks.
  secrets: { pin: { ask: pin } }
  request: { url: 'https://api.example.com/?pin={{keypad.pin}}' }
  tell: { message: Done. }
`;
const faultsOf = (text: string): string => {
  try {
    readHttpTools('tools.yaml', text);
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

test('the least one is taken', () => expect(faultsOf(LEAST)).toBe(''));

test.each([
  [
    'in words',
    LEAST.replace('Done.', `'{{keypad.pin}}'`),
    /tell\.message: there is no variable "{{keypad\.pin}}"/,
  ],
  [
    'of another name',
    LEAST.replace('keypad.pin', 'keypad.card'),
    /request\.url: there is no variable "{{keypad\.card}}"/,
  ],
  [
    'that goes nowhere',
    LEAST.replace('?pin={{keypad.pin}}', ''),
    /secrets\.pin: the request has no {{keypad\.pin}}/,
  ],
  ['of no kind', LEAST.replace('ask: pin', 'ask: iban'), /secrets\.pin\.ask: expected one of card, pin/],
  [
    'read back, of a PIN',
    LEAST.replace('ask: pin', 'ask: pin, read_back: last_four'),
    /nothing of a pin is read back/,
  ],
  [
    'read back, of a short number',
    LEAST.replace('ask: pin', 'ask: digits, read_back: last_four'),
    /read_back: expected least: 8 or more/,
  ],
  [
    'that is too long',
    LEAST.replace('ask: pin', 'ask: pin, most: 40'),
    /most: a pin has from 4 to 12 digits/,
  ],
  [
    'with least above most',
    LEAST.replace('ask: pin', 'ask: pin, least: 8, most: 5'),
    /least: expected no more than most/,
  ],
])('a fault: one %s', (_, text, words) => expect(faultsOf(text)).toMatch(words));
