// A CRM in memory at a desk whose terminal remembers what it was told.
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { CrmDesk, OwnCrm } from '../../src/cli/crm-desk.ts';
import type { Crm } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

export interface CrmRigOptions {
  readonly crm?: Crm;
  readonly own?: Partial<OwnCrm>;
  readonly is?: CrmDesk['is'];
  readonly rehearsal?: boolean;
  readonly columns?: number;
}

export function crmRig(options: CrmRigOptions = {}) {
  const { crm = createMemoryCrm({ contacts: [] }), is = 'postgres', rehearsal = false } = options;
  const out: string[] = [];
  const err: string[] = [];
  const state = { opened: 0, closed: 0 };
  const clock = new ManualClock();
  const opened = <It>(it: It) => {
    state.opened += 1;
    const close = (): Promise<void> => {
      state.closed += 1;
      return Promise.resolve();
    };
    return Promise.resolve({ it, close });
  };
  const own: OwnCrm = {
    where: 'db.example:5432/calls',
    import: () => Promise.reject(new Error('not asked for')),
    messages: () => Promise.reject(new Error('not asked for')),
    ...options.own,
  };
  const desk: CrmDesk = {
    ...{ is, rehearsal, clock },
    terminal: {
      ...{ columns: options.columns ?? 100, isInteractive: false, output: new PassThrough() },
      print: (line) => out.push(stripVTControlCharacters(line)),
      say: (line) => err.push(line),
      ask: () => Promise.resolve(''),
    },
    openCrm: () => opened(crm),
    openOwn: () => opened(own),
  };
  return { desk, out, err, state, clock };
}
