import type { ReactNode } from 'react';
import { TableBox } from '../parts/table-box.tsx';
import type { FaultLine } from './fault-lines.ts';

/** Lines of a file of contacts that are left out, and why. */
export const FaultTable = ({ label, faults }: { label: string; faults: readonly FaultLine[] }): ReactNode => (
  <TableBox label={label}>
    <table>
      <thead>
        <tr>
          <th scope="col" className="number">
            Line
          </th>
          <th scope="col">Column</th>
          <th scope="col">What is wrong</th>
        </tr>
      </thead>
      <tbody>
        {faults.map(({ line, field, words }) => (
          <tr key={`${line} ${field}`}>
            <td className="number">{line}</td>
            <td>{field === '' ? <span className="quiet">the whole line</span> : <code>{field}</code>}</td>
            <td>{words}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </TableBox>
);
