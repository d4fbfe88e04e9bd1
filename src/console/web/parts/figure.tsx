import type { ReactNode } from 'react';

/** One figure with its name, in a row of them (`<dl className="figures">`). `note`: what it is measured by, or since when. */
export const Figure = ({
  name,
  value,
  note,
}: {
  name: string;
  value: ReactNode;
  note?: ReactNode;
}): ReactNode => (
  <div className="figure">
    <dt>{name}</dt>
    <dd>
      <span className="figure-value">{value}</span>
      {note && <span className="quiet small">{note}</span>}
    </dd>
  </div>
);
