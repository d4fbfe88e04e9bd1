/** What a state means for whoever looks. */
export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad';
