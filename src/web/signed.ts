// Signed posts: who receives one can tell that it is ours, and unchanged. Knows not what is posted.
import { createHmac } from 'node:crypto';

/**
 * Headers for a body, byte for byte as it is sent: HMAC-SHA256 in hex, written as GitHub's webhooks write theirs
 * (docs.github.com, Validating webhook deliveries). None without a secret.
 */
export function signed(body: string, secret: string | undefined): Record<string, string> {
  if (secret === undefined || secret === '') return {};
  return { 'x-liveline-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}
