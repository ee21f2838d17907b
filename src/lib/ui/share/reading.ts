// The state of a reader's page, for its components: set once by the layout of shares.
import { createContext } from 'svelte';
import type { ShareReading } from '#lib/state/share-reading.svelte.ts';

export const [getReading, setReading] = createContext<ShareReading>();
