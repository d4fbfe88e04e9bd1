// Twelve keys: each goes to the line at once, or they are gathered and sent together.
import { useState, type ReactNode } from 'react';
import { phone } from './phone.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
const NAMES: Readonly<Record<string, string>> = { '*': 'Star', '#': 'Hash' };

export function Keypad({ keys, isOn }: { keys: string; isOn: boolean }): ReactNode {
  const [isGathering, setIsGathering] = useState(false);
  const press = (key: string): void => (isGathering ? phone.keep(keys + key) : phone.press(key));
  return (
    <fieldset className="keypad">
      <legend className="unseen">Keypad</legend>
      <fieldset>
        <legend className="handset-legend">Keys are sent</legend>
        <div className="segments">
          {[false, true].map((gathers) => (
            <label key={String(gathers)}>
              <input
                type="radio"
                name="keypad-mode"
                checked={isGathering === gathers}
                onChange={() => setIsGathering(gathers)}
              />
              <span>{gathers ? 'Together' : 'At once'}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {isGathering && (
        <form
          className="keypad-gathered"
          onSubmit={(event) => {
            event.preventDefault();
            phone.sendKeys();
          }}
        >
          <input
            aria-label="Keys to send"
            inputMode="tel"
            autoComplete="off"
            value={keys}
            onChange={(event) => phone.keep(event.currentTarget.value)}
          />
          <button type="submit" disabled={!isOn || keys === ''}>
            Send
          </button>
        </form>
      )}
      <div className="keypad-keys">
        {KEYS.map((key) => (
          <button
            key={key}
            type="button"
            disabled={!isOn && !isGathering}
            aria-label={NAMES[key]}
            onClick={() => press(key)}
          >
            {key}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
