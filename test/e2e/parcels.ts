// The web service that the example file of tools asks, as a stand-in on loopback. Knows one parcel.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'vitest';

/** The web service of the example file of tools, on loopback; what it was asked. */
export async function parcels({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const asks: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer(({ url, headers: { authorization } }, response) => {
    asks.push({ url, authorization });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"status":{"code":"IN_TRANSIT","expected_on":"Friday"},"history":[{"place":"Delft"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const example = readFileSync(new URL('../../fixtures/agents/tools/example.yaml', import.meta.url), 'utf8');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = example
    .replace('https://parcels.example.com', url)
    .replace('allow_private: false', 'allow_private: true');
  return { asks, file };
}
