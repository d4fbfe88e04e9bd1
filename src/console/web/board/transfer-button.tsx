import { useId, useState, type ReactNode } from 'react';
import type { ActsNow } from '../../call-commands.ts';
import { ConfirmButton } from '../parts/confirm.tsx';

export function TransferButton({
  destinations,
  refusal,
  onTransfer,
}: {
  destinations: ActsNow['destinations'];
  refusal: string | undefined;
  onTransfer: (destination: string) => Promise<unknown>;
}): ReactNode {
  const [chosen, setChosen] = useState('');
  const to = useId();
  const [first] = destinations;
  const destination = destinations.some(({ name }) => name === chosen) ? chosen : (first?.name ?? '');
  return (
    <ConfirmButton
      label="Transfer"
      title="Transfer the caller?"
      verb="Transfer"
      tone="primary"
      refusal={refusal ?? (first ? undefined : 'The agent’s profile has no destinations.')}
      onConfirm={() => onTransfer(destination)}
    >
      <p>The agent falls silent, and the caller is connected at once.</p>
      <label htmlFor={to}>Where to</label>
      <select id={to} value={destination} onChange={({ target }) => setChosen(target.value)}>
        {destinations.map(({ name, spoken }) => (
          <option key={name} value={name}>
            {spoken}
          </option>
        ))}
      </select>
    </ConfirmButton>
  );
}
