// The words of one call as they are said: of the agent those that were heard apart from those that were not. Pure.

export type Caption =
  | { readonly n: string; readonly who: 'caller'; readonly text: string }
  | { readonly n: string; readonly who: 'agent'; readonly heard: string; readonly unheard: string }
  | { readonly n: string; readonly who: 'tool'; readonly text: string };

/** Of the notices at /api/v1/notices those that are shown, as far as they are. */
export type CaptionNotice =
  | { readonly type: 'transcript'; readonly entry: CallerEntry | AgentEntry }
  | { readonly type: 'tool-called'; readonly id: string; readonly tool: string; readonly args: unknown };

interface CallerEntry {
  readonly n: number;
  readonly who: 'caller';
  readonly text: string;
}

interface AgentEntry {
  readonly n: number;
  readonly who: 'agent';
  readonly text: string;
  readonly heard: string;
  readonly state: 'open' | 'done' | 'cut';
}

/** What a notice changes. */
export function captioned(captions: readonly Caption[], notice: CaptionNotice): readonly Caption[] {
  switch (notice.type) {
    case 'transcript': {
      const { entry } = notice;
      const n = `said ${entry.n}`;
      if (entry.who === 'caller') return put(captions, { n, who: 'caller', text: entry.text });
      const { text, heard, state } = entry;
      // Until a turn is cut, what was not heard yet is on its way.
      const unheard = state === 'cut' && text.startsWith(heard) ? text.slice(heard.length) : '';
      return put(captions, { n, who: 'agent', heard: state === 'cut' ? heard : text, unheard });
    }
    case 'tool-called':
      return put(captions, {
        n: `tool ${notice.id}`,
        who: 'tool',
        text: `${notice.tool} ${JSON.stringify(notice.args)}`,
      });
  }
}

function put(captions: readonly Caption[], caption: Caption): readonly Caption[] {
  const at = captions.findIndex(({ n }) => n === caption.n);
  return at < 0 ? [...captions, caption] : captions.with(at, caption);
}
