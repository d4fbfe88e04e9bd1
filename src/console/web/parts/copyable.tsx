import { useState, type ReactNode } from 'react';

/** An id that is read out, sent on and looked for: shown whole or cut in the middle, copied whole. */
export function Copyable({ text, what, short }: { text: string; what: string; short?: boolean }): ReactNode {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      say('The browser does not allow it: select the text');
    }
    setTimeout(() => say(''), 2_000);
  };
  const shown = short && text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-6)}` : text;
  return (
    <span className="copyable">
      <code title={text}>{shown}</code>
      <button type="button" className="plain small" onClick={() => void copy()} aria-label={`Copy ${what}`}>
        Copy
      </button>
      <span role="status" className="copyable-said">
        {said}
      </span>
    </span>
  );
}
