import { expect, test } from 'vitest';
import { forgetNumber } from '../../src/cli/forget.ts';
import { record, rig } from './calls-rig.ts';

const NUMBER = '+15550100123';
const BEYOND =
  "Out of reach: a CRM other than the one in this database; PostgreSQL's write-ahead log, until newer writes overwrite it, and backups and exports elsewhere.";

test('says what it will delete, asks, deletes, and says what it did', async () => {
  const { desk, out, err, questions, forgot, forgotten, state } = rig(
    [record(), record({ from: '+15550100199' })],
    { answer: ' YES' },
  );
  Object.assign(forgotten, { calls: 1, inProgress: 1, mentions: 2, spooled: 3 });
  expect(await forgetNumber('+1 (555) 010-0123', {}, desk)).toBe(0);
  expect(forgot).toEqual([NUMBER]);
  expect(questions).toHaveLength(1);
  expect(out).toEqual([
    'This searches the database db.example:5432/calls and the files in /srv/data.',
    expect.stringMatching(/^It deletes all of \+15550100123 for good: 1 call with all/),
    'Deleted:',
    '  1 call',
    '  1 of them in progress: it goes on, unrecorded',
    '  2 mentions in other records',
    '  3 lines that waited to be recorded',
    BEYOND,
  ]);
  expect({ err, state }).toEqual({ err: [], state: { opened: 1, closed: 1 } });
});

test.each(['', 'n', 'yesterday', '1'])('%j is no yes: nothing is deleted, exit 1', async (answer) => {
  const { desk, out, forgot, state } = rig([], { answer });
  expect(await forgetNumber(NUMBER, {}, desk)).toBe(1);
  expect({ forgot, said: out.at(-1), closed: state.closed }).toEqual({
    ...{ forgot: [], said: 'Nothing was deleted.', closed: 1 },
  });
});

test('--yes asks nobody', async () => {
  const { desk, out, questions, forgot } = rig([]);
  expect(await forgetNumber(NUMBER, { yes: true }, desk)).toBe(0);
  expect({ questions, forgot, said: out.slice(-2) }).toEqual({
    ...{ questions: [], forgot: [NUMBER], said: ['There was nothing of it.', BEYOND] },
  });
});

test('without a terminal and without --yes: nothing is opened, exit 2', async () => {
  const { desk, err, state } = rig([]);
  expect(await forgetNumber(NUMBER, {}, desk)).toBe(2);
  expect({ err, opened: state.opened }).toEqual({
    ...{ err: ['Nobody is here to confirm it: add --yes.'], opened: 0 },
  });
});

test.each(['', '5550100', 'anonymous', '+0123456789', '\u001b[2J'])(
  '%j is no number: said with what is expected, nothing is opened, exit 2',
  async (text) => {
    const { desk, err, state } = rig([]);
    expect(await forgetNumber(text, { yes: true }, desk)).toBe(2);
    expect(err).toEqual([expect.stringMatching(/^forget takes a phone number with \+/)]);
    expect(err.join('')).not.toContain('\u001b');
    expect(state.opened).toBe(0);
  },
);

test('places that may still hold the number are named, exit 1', async () => {
  const { desk, err, forgotten } = rig([]);
  Object.assign(forgotten, {
    calls: 1,
    leftIn: ['data/calls.ndjson: it holds the number', 'data/b\u001b.db: EACCES'],
  });
  expect(await forgetNumber(NUMBER, { yes: true }, desk)).toBe(1);
  expect(err).toEqual([
    'The number may still be here; see to it yourself:',
    '  data/calls.ndjson: it holds the number',
    '  data/b\\x1b.db: EACCES',
  ]);
});

test('a number with more calls than one page', async () => {
  const { desk, out } = rig(Array.from({ length: 300 }, () => record()));
  await forgetNumber(NUMBER, { yes: true }, desk);
  expect(out[1]).toContain('more than 200 calls');
});

test('what stays is said: that they are not to be called', async () => {
  const { desk, out, forgotten } = rig([]);
  Object.assign(forgotten, { optedOut: true });
  expect(await forgetNumber(NUMBER, { yes: true }, desk)).toBe(0);
  expect(out.slice(-2)).toEqual([
    `Kept: that ${NUMBER} is not to be called. liveline opt-outs remove ${NUMBER} deletes that too, and it may be called again.`,
    BEYOND,
  ]);
});
