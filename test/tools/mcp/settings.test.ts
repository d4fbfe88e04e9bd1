// What a profile says of a server: its secrets filled in where they may stand, and refused elsewhere.
import { describe, expect, test } from 'vitest';
import { withSecrets, type McpSettings } from '../../../src/tools/mcp/settings.ts';

describe('settings', () => {
  const at = (url: string, headers: Record<string, string> = {}): McpSettings => ({
    ...{ name: 'books', tools: ['x'], allowPrivate: false, timeoutMs: 1_000 },
    by: { url, headers },
  });
  const by = (more: object): McpSettings => ({
    ...at(''),
    by: { command: 'books', args: [], env: {}, ...more },
  });
  const secrets = new Map([
    ['books', 'k3y'],
    ['broken', 'two\nlines'],
  ]);

  test('secrets are filled in where they are written', () => {
    const filled = withSecrets(
      at('https://example.com/mcp', { a: 'x {{secret.BOOKS}}{{ secret.books }}' }),
      secrets,
    );
    expect(filled).toEqual({ url: 'https://example.com/mcp', headers: { a: 'x k3yk3y' } });
  });

  test.each([
    ['a secret that is not set', at('https://example.com', { a: '{{secret.gone}}' }), 'SECRET_GONE'],
    ['an address that is none', at('example'), 'its url is no address'],
    ['a header that cannot be sent', at('https://example.com', { a: '{{secret.broken}}' }), 'header a'],
    ['a secret in the address', at('https://{{secret.books}}.example.com'), 'its url cannot hold a secret'],
    ['a secret that is no address', at('{{ secret.books }}'), 'put it into headers'],
    ['a secret among the arguments', by({ args: ['--key', 'a{{secret.books}}'] }), 'put it into env'],
    ['a secret in the command', by({ command: '{{ secret.books }}' }), 'put it into env'],
    ['a secret in the folder', by({ cwd: '/{{secret.books}}' }), 'put it into env'],
    ['a secret in a name', by({ env: { '{{secret.books}}': 'x' } }), 'not written as {{secret.name}}'],
    ['a secret that is misspelt', by({ env: { KEY: '{{secrets.books}}' } }), 'KEY holds a secret'],
    ['a secret with a dash', at('https://example.com', { a: '{{secret.my-books}}' }), 'a holds a secret'],
    ['a name that is no header', at('https://example.com', { 'a b': 'x' }), 'header a b'],
  ])('%s is said at once, without its value', (_, settings, words) => {
    const read = () => withSecrets(settings, secrets);
    expect(read).toThrow(words);
    expect(read).toThrow(/^MCP server books: (?!.*two)/);
  });
});
