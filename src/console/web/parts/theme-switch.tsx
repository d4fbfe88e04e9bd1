import { useState, type ReactNode } from 'react';
import { chosenTheme, chooseTheme, THEMES, type Theme } from '../theme.ts';

const NAMES: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <fieldset className="segments theme-switch">
      <legend className="unseen">Theme</legend>
      {THEMES.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="theme"
            checked={theme === each}
            onChange={() => {
              chooseTheme(each);
              setTheme(each);
            }}
          />
          <span>{NAMES[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}
