import type { ReactNode } from 'react';

const MARK = new URL('../icon.svg', import.meta.url).href;

export const Brand = (): ReactNode => (
  <>
    <img src={MARK} alt="" width="24" height="24" />
    Liveline
  </>
);
