// Microphones and loudspeakers that there are, as the browser tells: their names only once a microphone was allowed.
import { useEffect, useState } from 'react';

export interface Device {
  readonly id: string;
  readonly name: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}

const NONE: Devices = { microphones: [], speakers: [] };

/** Asked again when `asked` changes, and when one is plugged in or out. */
export function useDevices(asked: unknown): Devices {
  const [devices, setDevices] = useState(NONE);
  useEffect(() => {
    // Of a page that may use no sound there are none.
    if (!isSecureContext) return undefined;
    const { mediaDevices } = navigator;
    const read = (): void => {
      mediaDevices.enumerateDevices().then(
        (all) => setDevices({ microphones: of(all, 'audioinput'), speakers: of(all, 'audiooutput') }),
        () => setDevices(NONE),
      );
    };
    read();
    mediaDevices.addEventListener('devicechange', read);
    return () => mediaDevices.removeEventListener('devicechange', read);
  }, [asked]);
  return devices;
}

const of = (all: readonly MediaDeviceInfo[], kind: MediaDeviceKind): readonly Device[] =>
  all
    // Before one was allowed, all of a kind are one without a name.
    .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
    .map(({ deviceId, label }) => ({ id: deviceId, name: label === '' ? 'unnamed device' : label }));
