// What a call is at, in a word and a tone.
import type { CallStage } from '../../call-view.ts';
import type { Tone } from '../parts/tone.ts';

export const STAGES: Readonly<Record<CallStage, readonly [words: string, tone: Tone]>> = {
  connecting: ['Connecting', 'neutral'],
  talking: ['Talking', 'good'],
  tool: ['Tool at work', 'info'],
  reconnecting: ['Model reconnects', 'warn'],
  'line-lost': ['Line lost', 'bad'],
  elsewhere: ['With somebody else', 'info'],
  operator: ['Operator speaks', 'warn'],
  'without-model': ['Model is gone', 'bad'],
  over: ['Over', 'neutral'],
};
