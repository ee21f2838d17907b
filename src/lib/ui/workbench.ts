// The page's state, for components: set once by the app's layout.
import { createContext } from 'svelte';
import type { Workbench } from '#lib/state/workbench.svelte.ts';

export const [getWorkbench, setWorkbench] = createContext<Workbench>();
