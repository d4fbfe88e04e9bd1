// Light or dark: as the machine says, unless the operator has chosen.
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'liveline.theme';

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

/** The style sheet goes by the attribute. Whoever draws on a canvas hears of it by `onThemeChange`. */
export function applyTheme(): void {
  const theme = chosenTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event('liveline:theme'));
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Returns what stops it. */
export function onThemeChange(then: () => void): () => void {
  addEventListener('liveline:theme', then);
  dark.addEventListener('change', then);
  return () => {
    removeEventListener('liveline:theme', then);
    dark.removeEventListener('change', then);
  };
}

/** A colour of `styles/tokens.css` as it is now, such as `--accent`, for a canvas: that takes no `light-dark()`. */
export function colourOf(token: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
