// The tools that a profile lists, as a call gets them; nothing is loaded or reached.
import { silentLog } from '../../src/base/log.ts';
import { Catalogue } from '../../src/tools/catalogue.ts';
import type { ToolEntry } from '../../src/tools/entries.ts';
import type { Tool } from '../../src/tools/tool.ts';
import { ManualClock } from './manual-clock.ts';

export const toolsOf = (list: readonly ToolEntry[]): readonly Tool[] =>
  new Catalogue({ secrets: new Map(), clock: new ManualClock(), log: silentLog }).toolsOf(list);
