// Why a browser gives no sound, in words of what to do about it.

/** What people can do something about; anything else is told as it is. */
export class SoundFault extends Error {
  override readonly name = 'SoundFault';
}

/** Undefined: this page may use sound. */
export function whyNoSound(): string | undefined {
  if (isSecureContext) return undefined;
  return `Browsers give a microphone only to pages that came over https, or from this very machine, and this one came from ${location.origin}. Open the console through https, or as http://127.0.0.1:${location.port || '80'} on the machine that runs it.`;
}

const MICROPHONE: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The browser may not use the microphone: allow it beside the address of this page (and in the system’s own settings), then call again. Or let a WAV file be the caller.',
  NotFoundError: 'There is no microphone on this machine: plug one in, or let a WAV file be the caller.',
  NotReadableError:
    'The microphone is there and cannot be opened: another program may hold it. Close that, or choose another microphone.',
  OverconstrainedError: 'The microphone that was chosen is gone: choose another.',
};

export const microphoneFault = (thrown: unknown): Error =>
  new SoundFault(
    (thrown instanceof DOMException ? MICROPHONE[thrown.name] : undefined) ??
      `The microphone cannot be opened: ${String(thrown)}`,
  );

export const AUTOPLAY = new SoundFault(
  'The browser does not let this page play sound yet: press Call once more, or allow sound for this page.',
);

/** Also of a worker: its file may have gone with an update of the server. */
export const NOT_LOADED =
  'The part of the page that carries sound could not be loaded: reload the page. If it stays so, something between the browser and the server changes its files.';

export const MICROPHONE_GONE =
  'The microphone is gone, and nothing more is heard of you: plug it in again, or choose another, and begin again.';

/** A worklet that cannot be loaded is an AbortError and says nothing more. */
export const workletFault = (thrown: unknown): Error =>
  thrown instanceof DOMException && thrown.name === 'AbortError'
    ? new SoundFault(NOT_LOADED)
    : thrown instanceof Error
      ? thrown
      : new Error(String(thrown));
