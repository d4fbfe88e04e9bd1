// What `liveline doctor` found of one thing.

type Verdict = 'ok' | 'note' | 'fault';

export interface Finding {
  readonly verdict: Verdict;
  readonly what: string;
  readonly says: string;
}

export const ok = (what: string, says: string): Finding => ({ verdict: 'ok', what, says });
export const note = (what: string, says: string): Finding => ({ verdict: 'note', what, says });
export const fault = (what: string, says: string): Finding => ({ verdict: 'fault', what, says });
