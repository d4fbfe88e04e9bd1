// The types of undici beside those of the DOM, of which its own Response differs in trifles: here it answers with the DOM's.
import type { RequestInit } from 'undici/index.js';

export * from 'undici/index.js';
export declare function fetch(input: string | URL, init?: RequestInit): Promise<Response>;
