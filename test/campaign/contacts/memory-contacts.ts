// Contacts of one import in memory, as the door says: for tests of what reads a file.
import type { ContactsStore } from '../../../src/campaign/contacts/contacts-store.ts';
import type { ImportedRow, RowFault } from '../../../src/campaign/contacts/row.ts';

export interface MemoryContacts extends ContactsStore {
  readonly rows: readonly ImportedRow[];
  readonly told: readonly RowFault[];
  readonly failedFor: string | undefined;
}

export function memoryContacts(): MemoryContacts {
  const rows: ImportedRow[] = [];
  const told: RowFault[] = [];
  let failedFor: string | undefined;
  const report = (state: 'done' | 'failed') => {
    const kept = new Set(rows.map(({ to }) => to)).size;
    return {
      ...{ id: '1', file: '', state, cause: failedFor, rows: rows.length + told.length, faulty: told.length },
      ...{ kept, merged: rows.length - kept },
    };
  };
  return {
    rows,
    told,
    get failedFor() {
      return failedFor;
    },
    begin: () => Promise.resolve('1'),
    put(_id, more, faults) {
      rows.push(...more);
      told.push(...faults);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(report('done')),
    fail(_id, cause) {
      failedFor = cause;
      return Promise.resolve(report('failed'));
    },
    find: () => Promise.resolve([]),
    async *faults() {
      yield* await Promise.resolve(told);
    },
    failLost: () => Promise.resolve(0),
  };
}
