// Tokens and money of a call, by what they were for.
import type { ReactNode } from 'react';
import { costByPart, type CostPart } from '../../../records/cost.ts';
import type { CallRecord } from '../../../records/record.ts';
import { TableBox } from '../parts/table-box.tsx';
import { countWords, moneyWords } from '../words.ts';

const PARTS: Readonly<Record<CostPart['part'], string>> = {
  heard: 'Heard: sound in',
  read: 'Read: text in',
  tools: 'Put in by tools of the model',
  spoken: 'Spoken: sound out',
  written: 'Written: text out',
  thoughts: 'Thoughts',
};

export function Costs({ record }: { record: CallRecord }): ReactNode {
  const { model, usage, startedAt, costUsd } = record;
  const parts = costByPart(model, usage, Date.parse(startedAt));
  if (parts.length === 0) return <p className="quiet">The model counted no tokens in this call.</p>;
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  return (
    <>
      <TableBox label="Tokens and cost by part">
        <table>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col" className="number">
                Tokens
              </th>
              <th scope="col" className="number">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={part.part}>
                <td>{PARTS[part.part]}</td>
                <td className="number">{countWords(part.tokens)}</td>
                <td className="number">{part.usd === null ? '–' : moneyWords(part.usd)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <td className="number">{countWords(tokens)}</td>
              <td className="number">{costUsd === null ? 'not known' : moneyWords(costUsd)}</td>
            </tr>
          </tfoot>
        </table>
      </TableBox>
      <p className="hint">
        By the list prices of <code>{model}</code>. Every turn is billed for the whole conversation before it.
        {usage.cachedTokens > 0 && ` ${countWords(usage.cachedTokens)} of the tokens in came from a cache.`}
      </p>
    </>
  );
}
