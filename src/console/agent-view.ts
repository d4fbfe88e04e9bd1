// The agents as the server has them loaded, and what stands against their files. These schemas are the types and the
// documentation; the page has them too, and must not have to know what a profile is made of.
import { z } from 'zod';

const diffLine = z
  .object({
    is: z.enum(['same', 'added', 'removed', 'gap']),
    text: z.string(),
    line: z
      .int()
      .describe(
        'Counts from 1: of a removed line in the file before, else in the file now; of a gap, its lines.',
      ),
  })
  .meta({ id: 'DiffLine' });

const change = z
  .object({
    kind: z
      .enum(['taken', 'waiting'])
      .describe(
        'taken: new calls go by it. waiting: the file on disk, which is not taken, against what is loaded.',
      ),
    at: z.iso.datetime().describe('When it was read.'),
    lines: z.array(diffLine),
  })
  .meta({ id: 'ProfileChange' });

const fault = z
  .object({
    file: z.string().nullable().describe('Null: it is of no file.'),
    line: z.int().nullable(),
    column: z.int().nullable(),
    words: z.string().describe('What was expected there.'),
  })
  .meta({ id: 'ProfileFault' });
export type FaultView = z.output<typeof fault>;

export const agentView = z
  .object({
    name: z.string(),
    version: z.string().describe('Which wording: the same files give the same version.'),
    file: z.string().nullable(),
    language: z.string(),
    voice: z.string().nullable().describe('Null: the model chooses.'),
    model: z.string(),
    direction: z.enum(['inbound', 'outbound', 'both']),
    numbers: z
      .union([z.literal('*'), z.array(z.string())])
      .describe('Which it answers; `*`: whatever no other profile does.'),
    instructions: z.string(),
    greeting: z.string(),
    tools: z.array(z.string()).describe('By name; a file or a server of tools by its own.'),
    destinations: z.array(z.string()).describe('Where it can send callers.'),
    handsOverTo: z.array(z.string()),
    isRecorded: z.boolean(),
    faults: z.array(fault).describe('Of its file as it is now.'),
    change: change.nullable().describe('The last one since the server started.'),
  })
  .meta({ id: 'Agent' });
export type AgentView = z.output<typeof agentView>;

export const agentList = z
  .object({
    agents: z.array(agentView).describe('As they take calls now.'),
    faults: z
      .array(fault)
      .describe('Of files that belong to none of them. While there is any fault, no file is taken.'),
    readAt: z.iso.datetime().describe('When what is loaded was read.'),
    failedAt: z.iso.datetime().nullable().describe('When the last reading failed; null: it did not.'),
    added: z.array(z.string()).describe('By the last change.'),
    removed: z.array(z.string()),
  })
  .meta({ id: 'AgentList' });
export type AgentList = z.output<typeof agentList>;
