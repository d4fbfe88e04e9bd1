import type { ReactNode } from 'react';

/** The heading of a view, with its actions to the right. `about`: one sentence, when the title does not say it all. */
export const ViewHead = ({
  title,
  about,
  children,
}: {
  title: ReactNode;
  about?: ReactNode;
  children?: ReactNode;
}): ReactNode => (
  <div className="view-head">
    <div>
      <h1>{title}</h1>
      {about && <p className="quiet">{about}</p>}
    </div>
    {children && <div className="view-actions">{children}</div>}
  </div>
);
