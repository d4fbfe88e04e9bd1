// Credentials as Google's libraries read them from files, leading to a token server of ours (workload identity
// federation: google.aip.dev/auth/4117).
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { freshFolder } from './fresh-folder.ts';

/** What the token server is shown; it must stand in no error and no log. */
export const SUBJECT_TOKEN = 'a-subject-token-of-the-tests';

/** Until the test has finished, GOOGLE_APPLICATION_CREDENTIALS is a file with this in it. */
export function useCredentials(content: string): void {
  const file = join(freshFolder({ onTestFinished }), 'file.json');
  writeFileSync(file, content);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Credentials that are changed for a token at `http://tokenServer`. */
export function useFederation(tokenServer: string): void {
  const subject = join(freshFolder({ onTestFinished }), 'token');
  writeFileSync(subject, SUBJECT_TOKEN);
  useCredentials(
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://${tokenServer}/v1/token`,
      credential_source: { file: subject },
    }),
  );
}

/** `host:port` of a server on loopback, gone when the test has finished. */
export async function serving(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives whoever asks the same answer. */
export const answering =
  (status: number, body: object) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
