// A conversation as it was heard, with what tools did and what happened to it where it happened.
import { useLayoutEffect, useRef, type ReactNode } from 'react';
import type { CallView, Item, SaidItem, ToolItem } from '../../call-view.ts';
import { durationWords, latencyWords } from '../words.ts';
import { markWords } from './mark-words.ts';

/** Nearer to the end than this somebody reads along. */
const AT_END_PX = 80;

export function Conversation({ call }: { call: CallView }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const readsAlong = useRef(true);
  useLayoutEffect(() => {
    if (readsAlong.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [call.items]);
  if (call.items.length === 0) return <p className="quiet">Nothing was said yet.</p>;
  return (
    <div
      ref={box}
      className="talk"
      role="log"
      aria-label="Conversation"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        readsAlong.current = scrollHeight - clientHeight - scrollTop < AT_END_PX;
      }}
    >
      {call.itemsBefore > 0 && <p className="quiet small">What was before is in the record of the call.</p>}
      <ol className="talk-items">
        {call.items.map((item) => (
          <li key={item.key} data-is={item.is} data-who={item.is === 'said' ? item.who : undefined}>
            <time className="talk-time">{durationWords(item.atMs)}</time>
            <ItemBody item={item} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function ItemBody({ item }: { item: Item }): ReactNode {
  switch (item.is) {
    case 'said':
      return <Said item={item} />;
    case 'tool':
      return <Tool item={item} />;
    case 'mark': {
      const { title, detail, tone } = markWords(item.notice);
      return (
        <p className="talk-mark" data-tone={tone} data-mark={item.notice.type}>
          <strong>{title}</strong>
          {detail !== '' && <span> {detail}</span>}
        </p>
      );
    }
  }
}

function Said({ item: { who, text, heard, state } }: { item: SaidItem }): ReactNode {
  const unheard = state === 'cut' && text.startsWith(heard) ? text.slice(heard.length) : '';
  return (
    <p className="talk-said">
      <span className="talk-who">{who === 'caller' ? 'Caller' : 'Agent'}</span> {heard}
      {unheard.trim() !== '' && (
        <s>
          <span className="unseen">not heard: </span>
          {unheard}
        </s>
      )}
    </p>
  );
}

function Tool({ item }: { item: ToolItem }): ReactNode {
  const { tool, args, state, response, cause, tookMs } = item;
  const now = state === 'running' ? 'at work' : state;
  return (
    <details className="talk-tool">
      <summary>
        <span className="talk-who">Tool</span> <code>{tool}</code>{' '}
        <span className="talk-args">{jsonOf(args)}</span>{' '}
        <span className="quiet">
          {cause === null ? now : 'failed'}
          {tookMs !== null && ` in ${latencyWords(tookMs)}`}
        </span>
      </summary>
      <h4>Arguments</h4>
      <pre tabIndex={0}>{jsonOf(args, 2)}</pre>
      {state === 'done' && (
        <>
          <h4>Result</h4>
          <pre tabIndex={0}>{jsonOf(response, 2)}</pre>
        </>
      )}
      {cause !== null && <p className="fault">{cause}</p>}
    </details>
  );
}

const jsonOf = (value: unknown, indent?: number): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null, undefined, indent);
