import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { loadContacts } from '../../src/crm/contacts-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contacts-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function refusalOf(text: string): Promise<string> {
  const path = join(folder, 'contacts.yaml');
  await writeFile(path, text);
  const thrown: unknown = await loadContacts(path).catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(LivelineError);
  expect(thrown).toMatchObject({ code: 'CONTACTS_INVALID' });
  return (thrown as LivelineError).message;
}

describe('the committed customers', () => {
  test('are a dozen invented people, Ada Moreno with her appointment among them', async () => {
    const contacts = await loadContacts(
      resolve(import.meta.dirname, '../../fixtures/contacts/customers.yaml'),
    );
    expect(contacts).toHaveLength(12);
    expect(contacts.find(({ phone }) => phone === '+15550100123')).toMatchObject({
      name: 'Ada Moreno',
      facts: { 'next appointment': 'Thursday at half past nine, a check-up with Doctor Osei' },
    });
    for (const { phone } of contacts) expect(phone).toMatch(/^\+155501001\d\d$/);
  });
});

test('numbers may be written as people write them', async () => {
  const path = join(folder, 'contacts.yaml');
  await writeFile(path, '- { id: a, name: Ada, phone: "+1 (555) 010-0123" }\n');
  expect(await loadContacts(path)).toEqual([{ id: 'a', name: 'Ada', phone: '+15550100123', facts: {} }]);
});

describe('a faulty file is refused, with the place and without the private value', () => {
  test.each([
    ['- { id: a, name: Ada, phone: +15550100123 }', '[0].phone: expected a number in quotes'],
    ['- { id: a, name: Ada, phone: "555 0123" }', '[0].phone: expected a number with its country code'],
    ['- { id: a, name: Ada, phone: "+15550100123", fax: x }', 'Unrecognized key: "fax"'],
    ['- { id: a, name: Ada, phone: "+15550100123", facts: { age: 41 } }', '[0].facts.age: expected words'],
    ['just: a map', 'contacts: Invalid input: expected array'],
    ['', 'contacts: Invalid input: expected array'],
    ['- id: a\n  id: b\n', 'line 2: Map keys must be unique'],
    ['- *nobody\n', 'Unresolved alias'],
  ])('%j', async (text, expected) => {
    const message = await refusalOf(text);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/Ada|0123/);
  });

  test('two people with one number or one id', async () => {
    const message = await refusalOf(
      '- { id: a, name: Ada, phone: "+15550100123" }\n- { id: a, name: Eve, phone: "+1 555 010 0123" }\n',
    );
    expect(message).toContain('expected every id once');
    expect(message).toContain('expected every phone once');
  });

  test('no file', async () => {
    await expect(loadContacts(join(folder, 'nowhere.yaml'))).rejects.toThrow(
      /nowhere\.yaml have faults:\n {2}ENOENT/,
    );
  });
});
