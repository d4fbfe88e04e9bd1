// Another company's keypad menu, at the other end of a call: it says its pages, goes where keys lead that the network plays to
// it, and hears nothing else. Knows neither Twilio nor who calls whom.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { PhoneEvent } from './events.ts';

export interface ForeignPage {
  /** A WAV. */
  readonly says: Uint8Array;
  /** Where each key leads; any other has the page said again. Left out: the menu's end, which is said once. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface ForeignMenuOptions {
  readonly pages: Readonly<Record<string, ForeignPage>>;
  readonly first: string;
  /** Behind what is being said already, as `PhoneCall.say` does it. */
  readonly say: (wav: Uint8Array, page: string) => void;
  readonly clock: Clock;
  /** Without a key for so long after a page, it is said again. Default 4,000. */
  readonly patienceMs?: number;
}

export interface ForeignMenu {
  /** For the phone's `onEvent`. */
  onEvent(event: PhoneEvent): void;
  /** All that were played to it, in order. */
  readonly keys: string;
  /** Every page that was said, in order; one that was said again is there again. */
  readonly pages: readonly string[];
}

/** Begins when the line opens. */
export function foreignMenu({
  pages,
  first,
  say,
  clock,
  patienceMs = 4_000,
}: ForeignMenuOptions): ForeignMenu {
  const said: string[] = [];
  let keys = '';
  let stopWaiting: StopTimer | undefined;
  const open = (page: string): void => {
    stopWaiting?.();
    said.push(page);
    say(pages[page]!.says, page);
  };
  return {
    get keys() {
      return keys;
    },
    get pages() {
      return said;
    },
    onEvent(event) {
      const page = said.at(-1);
      if (event.type === 'hungUp') stopWaiting?.();
      else if (event.type === 'streamOpened' && page === undefined) open(first);
      else if (page === undefined) return;
      else if (event.type === 'keyPlayed') {
        keys += event.key;
        const leads = pages[page]?.keys;
        if (leads) open(Object.hasOwn(leads, event.key) ? leads[event.key]! : page);
      } else if (event.type === 'saidEnd' && event.what === page && pages[page]?.keys) {
        stopWaiting?.();
        stopWaiting = clock.after(patienceMs, () => open(page));
      }
    },
  };
}
