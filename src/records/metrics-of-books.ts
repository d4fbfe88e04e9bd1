// Metrics of the books: what waits, what was written and recorded, and what the CRM was told. Asked when somebody looks; knows no call.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { JournalBacklog } from '../call/journal-keeper.ts';
import type { Backlog } from '../store/write-behind/write-behind.ts';
import type { CrmLogCounts } from './crm-log.ts';
import type { RecordingCounts } from './recording/recordings.ts';

export function countRecords(registry: Registry, backlog: () => Backlog): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (now: Backlog) => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read(backlog()));
      },
    });
  };
  const counter = (name: string, help: string, read: (now: Backlog) => number): void => {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(read(backlog()));
      },
    });
  };
  gauge('liveline_records_queued', 'Record writes in memory, not yet safe.', (now) => now.queued);
  gauge(
    'liveline_records_spooled',
    'Record writes on disk that wait for the database.',
    (now) => now.spooledItems,
  );
  gauge('liveline_records_spooled_bytes', 'Size of the record writes on disk.', (now) => now.spooledBytes);
  counter('liveline_records_written_total', 'Record writes put into the database.', (now) => now.written);
  counter('liveline_records_lost_total', 'Record writes that were given up.', (now) => now.lost);
  gauge('liveline_database_away', '1 while the database does not answer.', (now) => (now.isAway ? 1 : 0));
}

export function countJournals(registry: Registry, backlog: () => JournalBacklog): void {
  new Gauge({
    name: 'liveline_journals_unwritten',
    help: 'Calls whose journal the database does not have as it is now: what another process would not know of them.',
    registers: [registry],
    collect() {
      this.set(backlog().calls);
    },
  });
}

export function countCrmLog(registry: Registry, counts: () => CrmLogCounts): void {
  new Counter({
    name: 'liveline_crm_call_logs_total',
    help: 'Ended calls that the CRM was told of, or not, for good.',
    ...{ labelNames: ['result'], registers: [registry] },
    collect() {
      this.reset();
      for (const [result, calls] of Object.entries(counts())) this.inc({ result }, calls);
    },
  });
}

export function countRecordings(registry: Registry, counts: () => RecordingCounts): void {
  const registers = [registry];
  new Counter({
    name: 'liveline_recording_bytes_total',
    help: 'Sound of calls written to recordings.',
    registers,
    collect() {
      this.reset();
      this.inc(counts().bytesWritten);
    },
  });
  new Counter({
    name: 'liveline_recording_faults_total',
    help: 'Recordings that lost sound to a slow disk, that ended early as the disk did not take them, and attempts to bring one to its storage that failed.',
    ...{ labelNames: ['is'], registers },
    collect() {
      this.reset();
      for (const [is, times] of Object.entries(counts().faults)) this.inc({ is }, times);
    },
  });
}
