// An MCP server over stdio that does as it is told, well or badly: its script is its one argument, as JSON. It speaks the
// wire format by hand, so that it can break it.
import { createInterface } from 'node:readline';

export interface Script {
  readonly tools?: readonly object[];
  /** In pages of so many. */
  readonly pageSize?: number;
  readonly atStart?: 'silent' | 'garbage' | 'exit';
  readonly atList?: 'exit' | 'silent' | 'endless' | 'garbled';
  readonly atPing?: 'silent';
  readonly atSigterm?: 'stay';
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { name?: string; arguments?: object; cursor?: string; requestId?: number };
}

/** What a tool of this name does when it is called, whatever it is listed as; any other echoes its arguments. */
const BEHAVIOURS: Record<string, (message: Message) => object | undefined> = {
  hang: () => undefined,
  exit: () => process.exit(1),
  huge: () => ({ content: [{ type: 'text', text: 'x'.repeat(2_000_000) }] }),
  fail: () => ({ isError: true, content: [{ type: 'text', text: 'no booking for Ada Moreno' }] }),
  environment: () => ({ content: [], structuredContent: { ...process.env } }),
  seen: () => ({ content: [], structuredContent: { calls, cancelled } }),
  pid: () => ({ content: [], structuredContent: { pid: process.pid } }),
  nonsense: () => ({ content: 'not a list' }),
  change() {
    tools = [{ name: 'added', inputSchema: { type: 'object' } }];
    write({ method: 'notifications/tools/list_changed' });
    write({ method: 'notifications/tools/list_changed' });
    return { content: [] };
  },
  speak() {
    process.stderr.write('the caller is Ada Moreno\n');
    return { content: [] };
  },
};

const script = JSON.parse(process.argv[2] ?? '{}') as Script;
let tools = script.tools ?? [];
const calls: string[] = [];
const cancelled: number[] = [];

const write = (message: object): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

function list(cursor: string | undefined): object | undefined {
  if (script.atList === 'exit') process.exit(1);
  if (script.atList === 'silent') return undefined;
  if (script.atList === 'garbled') return { tools: 'none' };
  const from = Number(cursor ?? 0);
  const to = from + (script.pageSize ?? tools.length);
  const isMore = script.atList === 'endless' || to < tools.length;
  return { tools: tools.slice(from, to), ...(isMore && { nextCursor: String(to) }) };
}

function answer(message: Message): object | undefined {
  const { method, params } = message;
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'scripted', version: '1' },
      };
    case 'tools/list':
      return list(params?.cursor);
    case 'tools/call': {
      const name = params?.name ?? '';
      calls.push(name);
      const behaviour = BEHAVIOURS[name];
      if (behaviour) return behaviour(message);
      return { content: [{ type: 'text', text: JSON.stringify(params?.arguments ?? null) }] };
    }
    case 'ping':
      return script.atPing === 'silent' ? undefined : {};
    default:
      if (method === 'notifications/cancelled') cancelled.push(params?.requestId ?? -1);
      return undefined;
  }
}

if (script.atSigterm === 'stay') process.on('SIGTERM', () => undefined);
process.stderr.write('the scripted server starts\n');
if (script.atStart === 'exit') process.exit(1);
if (script.atStart === 'garbage')
  process.stdout.write('Welcome!\n{"half": \n\n{"jsonrpc":"1.0"}\n[]\nnull\n');
if (script.atSigterm === 'stay') setInterval(() => undefined, 1_000);

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (script.atStart === 'silent') return;
  if (message.method === 'tools/call' && message.params?.name === 'refuse')
    return write({ id: message.id, error: { code: -32_602, message: 'Unknown tool' } });
  const result = answer(message);
  if (message.method === 'tools/call' && message.params?.name === 'fault')
    return write({ id: message.id, error: { code: -32_603, message: 'The upstream timed out' } });
  if (message.id !== undefined && result !== undefined) write({ id: message.id, result });
});
