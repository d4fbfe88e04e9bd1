// A bridge as sample applications write it: parse everything, a package for µ-law, linear resampling of each chunk for
// itself, no pacing, no marks, no ledger. Started with the address of the model's side.
import type { AddressInfo } from 'node:net';
import alawmulaw from 'alawmulaw';
import { WebSocket, WebSocketServer } from 'ws';
import type { FromBridge } from './messages.ts';

interface PhoneMessage {
  event: string;
  streamSid: string;
  start?: { customParameters: Record<string, string> };
  media?: { payload: string };
}

interface ModelMessage {
  setupComplete?: object;
  serverContent?: {
    modelTurn?: { parts: { inlineData?: { data: string } }[] };
    interrupted?: boolean;
  };
}

const modelUrl = process.argv[2]!;

function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  const ratio = fromHz / toHz;
  const result = new Int16Array(Math.round(samples.length / ratio));
  for (let i = 0; i < result.length; i++) {
    const position = i * ratio;
    const left = Math.floor(position);
    const right = Math.min(left + 1, samples.length - 1);
    const fraction = position - left;
    result[i] = Math.round(samples[left]! * (1 - fraction) + samples[right]! * fraction);
  }
  return result;
}

function callerToModel(payload: string): string {
  const pcm8k = alawmulaw.mulaw.decode(Buffer.from(payload, 'base64'));
  const pcm16k = resample(pcm8k, 8_000, 16_000);
  const data = Buffer.from(pcm16k.buffer).toString('base64');
  return JSON.stringify({ realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } });
}

function modelToCaller(data: string, streamSid: string): string {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const pcm8k = resample(new Int16Array(bytes.buffer), 24_000, 8_000);
  const payload = Buffer.from(alawmulaw.mulaw.encode(pcm8k)).toString('base64');
  return JSON.stringify({ event: 'media', streamSid, media: { payload } });
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (phone) => {
  let model: WebSocket | undefined;
  let isReady = false;
  const early: string[] = [];

  phone.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as PhoneMessage;
    if (message.event === 'start') {
      model = dial(message.streamSid, message.start?.customParameters['caller'] ?? '');
    } else if (message.event === 'media' && message.media) {
      const audio = callerToModel(message.media.payload);
      if (isReady) model?.send(audio);
      else early.push(audio);
    } else if (message.event === 'stop') model?.close();
  });
  phone.on('close', () => model?.close());

  function dial(streamSid: string, caller: string): WebSocket {
    const socket = new WebSocket(modelUrl);
    socket.on('open', () => {
      socket.send(
        JSON.stringify({
          setup: {
            model: 'models/gemini-3.8-live',
            generationConfig: { responseModalities: ['AUDIO'] },
            systemInstruction: { parts: [{ text: `You are on the phone with ${caller}.` }] },
          },
        }),
      );
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ModelMessage;
      if (message.setupComplete) {
        isReady = true;
        for (const audio of early.splice(0)) socket.send(audio);
      }
      for (const part of message.serverContent?.modelTurn?.parts ?? [])
        if (part.inlineData) phone.send(modelToCaller(part.inlineData.data, streamSid));
      if (message.serverContent?.interrupted) phone.send(JSON.stringify({ event: 'clear', streamSid }));
    });
    socket.on('error', (error) => console.error(`tutorial: ${error.message}`));
    return socket;
  }
});
server.on('listening', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'listening', port } satisfies FromBridge);
});
