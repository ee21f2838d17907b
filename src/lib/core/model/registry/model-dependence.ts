// How a trained model answers to one column, as it is shown.
import type { PartialDependence } from '../evaluate/partial-dependence.ts';

export type ModelDependence = PartialDependence & {
	/** Values of the grid are milliseconds since 1970. */
	readonly isDate: boolean;
};
