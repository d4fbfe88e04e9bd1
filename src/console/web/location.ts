// Where the page is: all of it behind the #, parameters too, so that a link that was copied leads to the same view.
import { useSyncExternalStore } from 'react';

function subscribe(then: () => void): () => void {
  addEventListener('hashchange', then);
  return () => removeEventListener('hashchange', then);
}

const whole = (): string => `/${location.hash.replace(/^#?\/?/, '')}`;
const path = (): string => whole().split('?')[0] ?? '/';
const search = (): string => whole().split('?')[1] ?? '';

export function goTo(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const hash = `#/${to.replace(/^#?\/?/, '')}`;
  // Neither pushState nor replaceState tells anybody.
  if (replace) history.replaceState(null, '', hash);
  else if (hash !== location.hash) history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** For wouter's Router. */
export const useHashPath = (): [string, typeof goTo] => [useSyncExternalStore(subscribe, path), goTo];
useHashPath.hrefs = (href: string): string => `#${href}`;
export const useHashSearch = (): string => useSyncExternalStore(subscribe, search);

/**
 * The parameters behind the path, and how to change some of them: what is undefined or empty goes. Replaces the entry of the
 * browser's history, so that "back" leaves the view and not a letter of a search.
 */
export function useParameters(): [
  URLSearchParams,
  (changed: Readonly<Record<string, string | undefined>>) => void,
] {
  const parameters = new URLSearchParams(useHashSearch());
  return [
    parameters,
    (changed) => {
      const next = new URLSearchParams(search());
      for (const [name, value] of Object.entries(changed))
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      goTo(next.size === 0 ? path() : `${path()}?${next}`, { replace: true });
    },
  ];
}
