import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importFile } from '../../src/cli/crm-import.ts';
import { listMessages } from '../../src/cli/crm-messages.ts';
import type { OwnCrm } from '../../src/cli/crm-desk.ts';
import type { Contact } from '../../src/crm/crm.ts';
import type { LeftMessage } from '../../src/crm/left-messages.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { crmRig } from './crm-rig.ts';

const FILE = `customers:
  - { id: ada, name: Ada Moreno, phone: '+15550100123', facts: { last visit: a filling } }
`;
const NOTHING = { added: 0, changed: 0, same: 0, kept: 0, sharing: 0 };

test('import: a file without the parts of samples; how many were added, changed, kept', async (context) => {
  const file = join(freshFolder(context), 'contacts.yaml');
  await writeFile(file, FILE);
  const asked: { contacts: readonly Contact[]; overwrite: boolean }[] = [];
  const own: Partial<OwnCrm> = {
    import(contacts, overwrite) {
      asked.push({ contacts, overwrite });
      return Promise.resolve({ added: 1, changed: 2, same: 3, kept: 1, sharing: 2 });
    },
  };
  const { desk, out, err, state } = crmRig({ own });
  expect(await importFile(file, {}, desk)).toBe(0);
  expect(asked).toEqual([
    { contacts: [expect.objectContaining({ id: 'ada', phone: '+15550100123' })], overwrite: false },
  ]);
  expect({ out, err, closed: state.closed }).toEqual({
    out: [
      `${file} into db.example:5432/calls:`,
      '  1 contact added, 2 changed, 3 as they were',
      '  1 contact left as a call has changed them since; --overwrite takes the file instead',
      '  2 contacts with a number that somebody else has too, by which neither is found',
    ],
    err: [],
    closed: 1,
  });
  await importFile(file, { overwrite: true }, desk);
  expect(asked[1]).toMatchObject({ overwrite: true });
});

test('import: the samples themselves; what is left out of them is said', async () => {
  const { desk, out } = crmRig({ own: { import: () => Promise.resolve(NOTHING) }, rehearsal: true });
  expect(await importFile('fixtures/contacts/customers.yaml', {}, desk)).toBe(0);
  expect(out[0]).toMatch(/, for rehearsals:$/);
  expect(out.at(-1)).toMatch(/^Appointments and orders .* were left out\.$/);
});

test('import: faults with their lines and without what is there; nothing is opened', async (context) => {
  const file = join(freshFolder(context), 'contacts.yaml');
  await writeFile(
    file,
    `${FILE}  - { id: bob, name: Bob, phone: 'geheim' }\n  - { id: eve, phone: '+15550100124' }\n`,
  );
  const { desk, out, err, state } = crmRig();
  expect(await importFile(file, {}, desk)).toBe(2);
  expect(await importFile(join(file, 'x'), {}, desk)).toBe(2);
  expect(err[0]).toMatch(/line 3: customers\[1\]\.phone: expected a number[^]*line 4: customers\[2\]\.name:/);
  expect(err.join('\n')).not.toMatch(/geheim|Bob|5550100124/);
  expect({ out, opened: state.opened }).toEqual({ out: [], opened: 0 });
});

test.each(['hubspot', 'salesforce', 'http'] as const)(
  'with %s, import and messages are refused',
  async (is) => {
    const { desk, err, state } = crmRig({ is });
    expect(await importFile('missing.yaml', {}, desk)).toBe(2);
    expect(await listMessages({}, desk)).toBe(2);
    expect(err).toEqual([
      expect.stringMatching(/^crm import fills Liveline's own CRM, and another one is configured/),
      expect.stringMatching(/^crm messages reads Liveline's own CRM, and another one is configured/),
    ]);
    expect(state.opened).toBe(0);
  },
);

const message = (changes: Partial<LeftMessage> = {}): LeftMessage => ({
  ...{ kind: 'message', number: 'M-1002', title: 'Message from Ada', text: 'Please call back.' },
  ...{ from: 'Ada, +15550100123', status: 'open', contactId: 'ada', leftAt: '2025-12-31T22:00:00.000Z' },
  ...changes,
});

test('messages: newest first as they come, since a week ago unless told', async () => {
  const asked: [number, number][] = [];
  const left = [
    message(),
    message({
      kind: 'ticket',
      number: 'T-1001',
      title: 'No heat',
      text: 'word '.repeat(20),
      status: 'closed',
    }),
  ];
  const messages: OwnCrm['messages'] = (sinceMs, limit) => {
    asked.push([sinceMs, limit]);
    return Promise.resolve(left);
  };
  const { desk, out, err } = crmRig({ own: { messages }, columns: 60 });
  expect(await listMessages({ utc: true }, desk)).toBe(0);
  expect({ asked, out, err }).toEqual({
    asked: [[Date.UTC(2025, 11, 25), 501]],
    out: [
      'M-1002  2025-12-31 22:00  message from Ada, +15550100123',
      '  Please call back.',
      '',
      'T-1001  2025-12-31 22:00  ticket from Ada, +15550100123: No heat (closed)',
      `  ${'word '.repeat(11).trim()}`,
      `  ${'word '.repeat(9).trim()}`,
      '',
    ],
    err: [],
  });
  out.length = 0;
  expect(await listMessages({ json: true, since: '2025-12-31', utc: true }, desk)).toBe(0);
  expect(JSON.parse(out.join('\n'))).toEqual({
    since: '2025-12-31T00:00:00.000Z',
    messages: left,
    more: false,
  });
});

test('messages: none, too many, a wrong time, and nothing in them acts', async () => {
  const none = crmRig({ own: { messages: () => Promise.resolve([]) } });
  expect(await listMessages({ utc: true }, none.desk)).toBe(0);
  expect(none.out).toEqual(['Nobody has left a message since 2025-12-25 00:00:00.']);
  expect(await listMessages({ since: '\u001b[2Jsoon' }, none.desk)).toBe(2);
  expect(none.err).toEqual([expect.stringMatching(/^--since takes .* not "\\x1b\[2Jsoon"$/)]);

  const evil = message({ from: '\u001b[31m', text: 'a\u001b[2Jb\u202e' });
  const many = crmRig({ own: { messages: () => Promise.resolve(Array<LeftMessage>(501).fill(evil)) } });
  await listMessages({ utc: true }, many.desk);
  expect(many.out.at(-1)).toBe('These are the newest 500; there are older ones.');
  expect(many.out.filter((line) => line.startsWith('M-'))).toHaveLength(500);
  expect(many.out.slice(0, 3).join('')).not.toMatch(/[\p{Cc}\u202e]/u);
});
