// The floor of any Node bridge: passes every frame on as it is, both ways. Started with the address of the model's side.
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { FromBridge } from './messages.ts';

const modelUrl = process.argv[2]!;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (phone) => {
  const early: RawData[] = [];
  let model: WebSocket | undefined;
  phone.on('message', (frame) => {
    if (model?.readyState === WebSocket.OPEN) model.send(frame, { binary: false });
    else early.push(frame);
    // The second message of a stream is its `start`.
    if (!model && early.length === 2) model = dial(phone, early);
  });
  phone.on('close', () => model?.close());
});
server.on('listening', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'listening', port } satisfies FromBridge);
});

function dial(phone: WebSocket, early: RawData[]): WebSocket {
  const model = new WebSocket(modelUrl, { perMessageDeflate: false });
  model.on('open', () => {
    for (const frame of early.splice(0)) model.send(frame, { binary: false });
  });
  model.on('message', (frame) => phone.send(frame, { binary: false }));
  model.on('close', () => phone.close());
  model.on('error', (error) => console.error(`relay: ${error.message}`));
  return model;
}
