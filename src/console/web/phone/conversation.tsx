// What is said in a call of the page's telephone, and what happens to its caller.
import { useEffect, useRef, type ReactNode } from 'react';
import { shortTimeWords } from '../words.ts';
import type { Caption } from './captions.ts';
import type { Cut } from './handset-audio.ts';
import type { Remark } from './phone-state.ts';

export function Captions({ captions, isOn }: { captions: readonly Caption[]; isOn: boolean }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [captions]);
  if (captions.length === 0)
    return (
      <p className="quiet phone-captions-none">
        {isOn ? 'Nothing yet: the agent speaks first.' : 'Call, and every word of both sides stands here.'}
      </p>
    );
  return (
    <div ref={box} className="phone-captions" role="log" aria-label="What is said" tabIndex={0}>
      <ol className="phone-lines">
        {captions.map((caption) => (
          <li key={caption.n} data-who={caption.who}>
            <span className="phone-who">{WHO[caption.who]}</span> <Line caption={caption} />
          </li>
        ))}
      </ol>
    </div>
  );
}

const WHO = { caller: 'You', agent: 'Agent', tool: 'Tool' } as const;

function Line({ caption }: { caption: Caption }): ReactNode {
  if (caption.who === 'tool') return <code>{caption.text}</code>;
  if (caption.who === 'caller') return <span>{caption.text}</span>;
  const { heard, unheard } = caption;
  return (
    <span>
      {heard}
      {unheard !== '' && (
        <s>
          <span className="unseen">not heard: </span>
          {unheard}
        </s>
      )}
    </span>
  );
}

/** `cut`: the last interruption, as this page measured it; `toldMs`: until its player knew. */
export function Remarks({
  remarks,
  cut,
  toldMs,
}: {
  remarks: readonly Remark[];
  cut: Cut | undefined;
  toldMs: number;
}): ReactNode {
  if (remarks.length === 0 && cut === undefined) return null;
  return (
    <section className="card" aria-labelledby="phone-happened">
      <h2 id="phone-happened">What happened to the caller</h2>
      <div role="log" aria-labelledby="phone-happened">
        <ol className="phone-remarks">
          {remarks.map(({ n, atMs, text }) => (
            <li key={n}>
              <time className="quiet small">{shortTimeWords(new Date(atMs).toISOString(), atMs)}</time> {text}
            </li>
          ))}
        </ol>
      </div>
      {cut && (
        <p
          className="quiet small"
          data-silent-after-ms={cut.silentAfterMs}
          data-forgotten-ms={cut.forgottenMs}
        >
          Last interruption: silent {Math.round(cut.silentAfterMs + toldMs)} ms after the server said so;{' '}
          {(cut.forgottenMs / 1_000).toFixed(1)} s of the agent’s voice were not played.
        </p>
      )}
    </section>
  );
}
