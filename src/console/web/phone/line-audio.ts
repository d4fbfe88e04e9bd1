// The sound of a line in the browser: a context at the line's own rate, and the nodes of the worklet in it. For the telephone,
// and for whoever listens in or speaks to a caller.
import workletUrl from './phone.worklet.ts?worker&url';
import { AUTOPLAY, SoundFault, whyNoSound, workletFault } from './sound-faults.ts';
import type { MicrophoneSetting, PlayoutSetting } from './wires.ts';

const LINE_HZ = 8_000;
/** Without a gesture it stays suspended, and never says so. */
const RESUMES_WITHIN_MS = 3_000;

/** Mono whatever the device has: browsers pass over `channelCount` of a microphone. */
const MONO: AudioWorkletNodeOptions = {
  channelCount: 1,
  channelCountMode: 'explicit',
  outputChannelCount: [1],
};

/**
 * Running, with the worklet loaded, and with `stream` joined to `into`. Some browsers take no microphone at another rate than
 * its own: then the context has that, and the worklet converts. To be called within a gesture, or with a microphone. Throws
 * SoundFault with what to do.
 */
export async function openLineAudio<Opened>(into: (context: AudioContext) => Opened): Promise<Opened> {
  const refusal = whyNoSound();
  if (refusal !== undefined) throw new SoundFault(refusal);
  try {
    return await openAt({ sampleRate: LINE_HZ }, into);
  } catch (thrown) {
    if (!(thrown instanceof DOMException) || thrown.name !== 'NotSupportedError') throw thrown;
    return openAt({}, into);
  }
}

async function openAt<Opened>(
  rate: AudioContextOptions,
  into: (context: AudioContext) => Opened,
): Promise<Opened> {
  const context = new AudioContext({ ...rate, latencyHint: 'interactive' });
  try {
    await context.audioWorklet.addModule(workletUrl).catch((thrown: unknown) => {
      throw workletFault(thrown);
    });
    const opened = into(context);
    await resume(context);
    return opened;
  } catch (thrown) {
    await context.close();
    throw thrown;
  }
}

async function resume(context: AudioContext): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(AUTOPLAY), RESUMES_WITHIN_MS);
  try {
    await Promise.race([context.resume(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Takes sound at its input; its wire gives µ-law frames of 20 ms (`Uint8Array`), silence where it hears nothing. */
export function microphoneNode(context: AudioContext): { node: AudioWorkletNode; wire: MessagePort } {
  const node = new AudioWorkletNode(context, 'microphone', MONO);
  // Only what leads to a loudspeaker is asked for sound; it gives none.
  node.connect(context.destination);
  return { node, wire: wireOf(node) };
}

/** Plays what comes on its wire (`ToPlayout`), and answers there (`FromPlayout`). Not connected yet. */
export function playoutNode(context: AudioContext): { node: AudioWorkletNode; wire: MessagePort } {
  const node = new AudioWorkletNode(context, 'playout', { ...MONO, numberOfInputs: 0 });
  return { node, wire: wireOf(node) };
}

/** Passes sound on, and tells its level (`Level`) and when it falls silent (`FellSilent`). */
export const earNode = (context: AudioContext): AudioWorkletNode =>
  new AudioWorkletNode(context, 'ear', MONO);

function wireOf(node: AudioWorkletNode): MessagePort {
  const { port1, port2 } = new MessageChannel();
  node.port.postMessage({ wire: port1 } satisfies MicrophoneSetting & PlayoutSetting, [port1]);
  return port2;
}
